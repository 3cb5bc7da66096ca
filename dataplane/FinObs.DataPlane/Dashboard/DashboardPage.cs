using System.Diagnostics;
using FinObs.DataPlane.Access.Sessions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;

namespace FinObs.DataPlane.Dashboard;

/// <summary>Why a page or a part of it cannot be shown now.</summary>
/// <param name="Since">Since when.</param>
/// <param name="TraceId">What it is called in the log.</param>
internal sealed record PageFault(DateTimeOffset Since, string TraceId);

/// <summary>
/// What all pages share: who looks and whether they may, reading when the address changes, what was read when the page was made handed over to the live page (so nothing is read twice and nothing flickers), and
/// a fault that leaves old figures standing and says so.
/// </summary>
public abstract partial class DashboardPage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _left = new();
    private readonly List<PersistingComponentStateSubscription> _kept = [];
    private string? _shown;
    private string? _arrived;

    [SupplyParameterFromQuery(Name = "ns")]
    public string? NamespaceInAddress { get; set; }

    [Inject]
    internal DashboardCaller Callers { get; set; } = null!;

    [Inject]
    internal PersistentComponentState State { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    [Inject]
    internal IJSRuntime Script { get; set; } = null!;

    [Inject]
    internal TimeProvider Time { get; set; } = null!;

    [Inject]
    internal ILoggerFactory Loggers { get; set; } = null!;

    /// <summary>Whose figures; the default namespace's where the address does not say.</summary>
    protected string Namespace => NamespaceInAddress ?? "default";

    /// <summary>Pages that were made for good: no act works on them.</summary>
    protected bool IsLive => RendererInfo.IsInteractive;

    protected bool IsReading { get; private set; }

    /// <summary>The page was read at least once.</summary>
    protected bool IsRead { get; private set; }

    private protected bool IsForbidden { get; private set; }

    private protected PageFault? Fault { get; private set; }

    private protected Viewer Who { get; private set; } = Viewer.Nobody;

    private protected CancellationToken Left => _left.Token;

    protected override async Task OnParametersSetAsync()
    {
        if (Navigation.Uri != _shown)
        {
            _shown = Navigation.Uri;
            await ReloadAsync();
        }
    }

    /// <summary>Once what is shown is there, the browser brings the reader to its heading, and back what they had begun to write.</summary>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!IsReading && _arrived != _shown)
        {
            _arrived = _shown;
            await Script.InvokeVoidAsync("finobs.arrived", Left);
        }
    }

    private protected async Task ReloadAsync()
    {
        IsReading = true;
        try
        {
            Who = await Callers.NowAsync(Left);
            if (Who.IsEnded)
            {
                Navigation.NavigateTo($"{SignInApi.SignInPath}?returnUrl={Uri.EscapeDataString(new Uri(Navigation.Uri).PathAndQuery)}", forceLoad: true);
                return;
            }

            IsForbidden = PagePermissionAttribute.Of(GetType()) is { } permission && !Who.May(permission);
            if (!IsForbidden)
            {
                await ReadAsync(Left);
                IsRead = true;
            }

            Fault = null;
        }
        catch (OperationCanceledException)
        {
            // The reader has gone on to another page.
        }
        catch (Exception exception)
        {
            Fault ??= new PageFault(Time.GetUtcNow(), Activity.Current?.TraceId.ToHexString() ?? "none");
            NotRead(Loggers.CreateLogger<DashboardPage>(), GetType().Name, exception);
        }
        finally
        {
            IsReading = false;
        }
    }

    /// <summary>Reads what the page shows.</summary>
    private protected abstract Task ReadAsync(CancellationToken cancellationToken);

    /// <summary>What was read when the page was made, else what is read now.</summary>
    private protected async Task<T?> KeptAsync<T>(string name, Func<Task<T?>> read)
        where T : class
    {
        string key = $"{GetType().Name}/{name}";
        if (State.TryTakeFromJson(key, out T? kept) && kept is not null)
        {
            return kept;
        }

        T? value = await read();
        if (!IsLive && value is not null)
        {
            _kept.Add(State.RegisterOnPersisting(
                () =>
                {
                    State.PersistAsJson(key, value);
                    return Task.CompletedTask;
                },
                RenderMode.InteractiveServer));
        }

        return value;
    }

    /// <summary>An address within the dashboard, in the same namespace.</summary>
    protected string Href(string path) => NamespaceInAddress is null ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}ns={Uri.EscapeDataString(Namespace)}";

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _left.Cancel();
            _left.Dispose();
            _kept.ForEach(kept => kept.Dispose());
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The page {Page} cannot be read.")]
    private static partial void NotRead(ILogger logger, string page, Exception exception);
}
