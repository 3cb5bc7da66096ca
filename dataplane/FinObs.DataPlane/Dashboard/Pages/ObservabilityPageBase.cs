using FinObs.DataPlane.Dashboard.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>How does the process that serves this page do, and where does the time go?</summary>
public abstract class ObservabilityPageBase : DashboardPage
{
    private protected const int MostRoutes = 12;

    private DotNetObjectReference<ObservabilityPageBase>? _self;
    private bool _isHidden;

    [Inject]
    internal HostFigures Figures { get; set; } = null!;

    [Inject]
    internal IOptions<DashboardOptions> Options { get; set; } = null!;

    private protected HostSnapshot? Model { get; private set; }

    private protected HostPoint Last => Model!.Points.LastOrDefault(point => point.WorkingSet is not null) ?? Model.Points[^1];

    private protected DateTimeOffset From => Model!.Points[0].At;

    private protected DateTimeOffset To => Model!.Points[^1].At + HostFigures.Step;

    /// <summary>One row a minute: a table of what is drawn, that can be read.</summary>
    private protected IEnumerable<HostPoint> ByMinute => Model!.Points.Reverse().Where(point => point.At.Second == 0);

    /// <summary>The dashboards of this repository, where a Grafana is named.</summary>
    private protected IEnumerable<(string Text, string Address)> Elsewhere => new[] { ("FinObs", "finobs"), ("Models", "finobs-models"), ("Operator", "finobs-operator") }
        .Select(one => (one.Item1, Address: Options.Value.DashboardOf(one.Item2))).Where(one => one.Address is not null).Select(one => (one.Item1, one.Address!));

    private protected override async Task ReadAsync(CancellationToken cancellationToken) => Model = await KeptAsync("model", () => Task.FromResult<HostSnapshot?>(Figures.Now()));

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        await base.OnAfterRenderAsync(firstRender);
        if (firstRender)
        {
            _self = DotNetObjectReference.Create(this);
            await Script.InvokeVoidAsync("finobs.watchVisible", Left, _self);
            _ = FollowAsync();
        }
    }

    /// <summary>By the browser: while nobody looks nothing is sent.</summary>
    [JSInvokable]
    public void OnVisible(bool isVisible) => _isHidden = !isVisible;

    private async Task FollowAsync()
    {
        try
        {
            using PeriodicTimer timer = new(HostFigures.Step, Time);
            while (await timer.WaitForNextTickAsync(Left))
            {
                if (!_isHidden)
                {
                    await InvokeAsync(async () =>
                    {
                        await ReloadAsync();
                        StateHasChanged();
                    });
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The reader has gone on to another page.
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _self?.Dispose();
        }

        base.Dispose(disposing);
    }
}
