using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Dashboard.Live;
using FinObs.DataPlane.Dashboard.Parts;
using FinObs.DataPlane.Dashboard.Reading;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>A decision in the activity.</summary>
internal sealed record FeedLine(Guid Id, Decision Is, string Money, string Type, string? Why, DateTimeOffset At);

/// <summary>Is all well? In a sentence, then in figures that follow what happens.</summary>
public abstract class OverviewPageBase : DashboardPage
{
    private const int MostShown = 9;

    /// <summary>What is read from tables moves by buckets of minutes: often enough.</summary>
    private static readonly TimeSpan ReadAgain = TimeSpan.FromSeconds(15);

    private IDisposable? _watch;
    private DotNetObjectReference<OverviewPageBase>? _self;
    private PulseSnapshot? _held;
    private long _readAt;
    private bool _isHidden;

    [SupplyParameterFromQuery(Name = "range")]
    public string? RangeInAddress { get; set; }

    [Inject]
    internal OverviewReader Reader { get; set; } = null!;

    [Inject]
    internal WaitingReader Waitings { get; set; } = null!;

    [Inject]
    internal LivePulse Live { get; set; } = null!;

    private protected OverviewModel? Model { get; private set; }

    private protected Waiting? WaitingNow { get; private set; }

    private protected PulseSnapshot? Pulse { get; private set; }

    private protected OverviewRange Range => OverviewRange.Of(RangeInAddress);

    protected bool OnlyFlagged { get; private set; }

    protected bool IsPaused { get; private set; }

    /// <summary>How many came since the list stands still.</summary>
    protected long Behind => _held is { } held && Pulse is { } now ? (OnlyFlagged ? now.TotalFlagged - held.TotalFlagged : now.Total - held.Total) : 0;

    private protected IReadOnlyList<FeedLine> Feed =>
    [
        .. ((_held ?? Pulse)?.Newest ?? []).Where(one => !OnlyFlagged || one.Decision != Decision.Approve).Take(MostShown)
            .Select(one => new FeedLine(one.Id, one.Decision, $"{one.Currency} {Words.Money(one.Amount, one.Currency)}", one.Type, one.Why, one.DecidedAt)),
    ];

    protected string StateWord => Model?.State switch { "good" => "Healthy:", "watch" => "Worth a look:", "bad" => "Trouble:", _ => "" };

    private protected string? DriftNote => Model?.Drift is { } drift ? $"{drift.Model}, n = {Words.Count(drift.Samples)}" : null;

    private protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        Model = await KeptAsync("model", () => Reader.ReadAsync(Namespace, Range, Who, cancellationToken));
        WaitingNow = await KeptAsync("waiting", async () => (Waiting?)await Waitings.OfAsync(Namespace, Who, cancellationToken));
        _readAt = Time.GetTimestamp();
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        await base.OnAfterRenderAsync(firstRender);
        if (firstRender)
        {
            _watch = Live.Watch(Namespace, Told);
            _self = DotNetObjectReference.Create(this);
            await Script.InvokeVoidAsync("finobs.watchVisible", Left, _self);
        }
    }

    /// <summary>By the browser: while nobody looks nothing is sent.</summary>
    [JSInvokable]
    public void OnVisible(bool isVisible)
    {
        _isHidden = !isVisible;
        if (isVisible)
        {
            StateHasChanged();
        }
    }

    protected void Flip() => OnlyFlagged = !OnlyFlagged;

    protected void Pause()
    {
        IsPaused = !IsPaused;
        _held = IsPaused ? Pulse : null;
    }

    /// <summary>A row does not run away from under the pointer.</summary>
    protected void Hold() => _held ??= Pulse;

    protected void LetGo() => _held = IsPaused ? _held : null;

    /// <summary>One figure for each three seconds: a line that can be read.</summary>
    protected static IReadOnlyList<double> Smooth(IReadOnlyList<int> seconds) => [.. seconds.Chunk(3).Select(part => part.Average())];

    private void Told(PulseSnapshot snapshot) => _ = InvokeAsync(async () =>
    {
        Pulse = snapshot;
        if (_isHidden || Left.IsCancellationRequested)
        {
            return;
        }

        if (Time.GetElapsedTime(_readAt) >= ReadAgain)
        {
            _readAt = Time.GetTimestamp();
            await ReloadAsync();
        }

        StateHasChanged();
    });

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _watch?.Dispose();
            _self?.Dispose();
        }

        base.Dispose(disposing);
    }
}
