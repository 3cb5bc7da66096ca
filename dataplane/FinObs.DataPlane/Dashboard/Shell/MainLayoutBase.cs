using FinObs.DataPlane.Access;
using FinObs.DataPlane.Dashboard.Parts;
using FinObs.DataPlane.Dashboard.Reading;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;

namespace FinObs.DataPlane.Dashboard.Shell;

/// <summary>A page in the menu.</summary>
/// <param name="Path">Where.</param>
/// <param name="Text">Its name.</param>
/// <param name="Permission">Who may see it.</param>
/// <param name="Count">What waits there for whoever looks.</param>
internal sealed record NavItem(string Path, string Text, string Permission, int Count = 0);

/// <summary>The frame around each page: menu by permission, namespace, search, who looks.</summary>
public abstract class MainLayoutBase : LayoutComponentBase, IDisposable
{
    private static readonly (string Group, NavItem[] Items)[] All =
    [
        ("Watch", [new("/", "Overview", Permissions.SystemMetricsRead), new("/decisions", "Decisions", Permissions.TransactionRead), new("/observability", "Observability", Permissions.SystemMetricsRead)]),
        ("Work", [new("/cases", "Cases", Permissions.CaseRead), new("/approvals", "Approvals", Permissions.ApprovalRead), new("/compliance", "Compliance log", Permissions.ComplianceRead)]),
        ("Models", [new("/models", "Models", Permissions.ModelRead), new("/drift", "Drift", Permissions.ModelRead), new("/experiments", "Experiments", Permissions.ModelRead)]),
        ("Flow", [new("/deliveries", "Deliveries", Permissions.DeliveryRead), new("/pulls", "Pulls", Permissions.DeliveryRead), new("/connect", "Connect", Permissions.TransactionRead)]),
        ("Prove", [new("/audit", "Audit", Permissions.AuditRead), new("/exports", "Exports", Permissions.ExportRead)]),
        ("Govern", [new("/policies", "Policies", Permissions.ResourceRead), new("/access", "Access", Permissions.UserList)]),
    ];

    private readonly CancellationTokenSource _left = new();
    private PersistingComponentStateSubscription? _kept;
    private Waiting? _waiting;
    private string? _read;

    [SupplyParameterFromQuery(Name = "ns")]
    public string? NamespaceInAddress { get; set; }

    [Inject]
    internal DashboardCaller Callers { get; set; } = null!;

    [Inject]
    internal WaitingReader Waitings { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    [Inject]
    internal PersistentComponentState State { get; set; } = null!;

    protected ErrorBoundary? Boundary { get; set; }

    protected string Namespace => NamespaceInAddress ?? "default";

    protected IReadOnlyList<string> Names => _waiting?.Namespaces ?? [];

    private protected Viewer Who { get; private set; } = Viewer.Nobody;

    protected string MyName => Words.Actor(Who.Name);

    /// <summary>What a role may not see is not there.</summary>
    private protected IEnumerable<(string Group, NavItem[] Items)> Groups =>
        All.Select(one => (one.Group, Items: one.Items.Where(item => Who.May(item.Permission)).Select(item => item with { Count = CountOf(item.Path) }).ToArray())).Where(one => one.Items.Length > 0);

    protected override async Task OnInitializedAsync()
    {
        Navigation.LocationChanged += OnLocationChanged;
        Who = await Callers.NowAsync(_left.Token);
        if (State.TryTakeFromJson("waiting", out Waiting? kept))
        {
            _waiting = kept;
        }

        if (!RendererInfo.IsInteractive)
        {
            _kept = State.RegisterOnPersisting(
                () =>
                {
                    State.PersistAsJson("waiting", _waiting);
                    return Task.CompletedTask;
                },
                RenderMode.InteractiveServer);
        }
    }

    protected override async Task OnParametersSetAsync()
    {
        Boundary?.Recover();
        if (_waiting is null || _read is not null)
        {
            await CountAsync();
        }

        _read = Namespace;
    }

    private async Task CountAsync()
    {
        try
        {
            Who = await Callers.NowAsync(_left.Token);
            _waiting = await Waitings.OfAsync(Namespace, Who, _left.Token);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The database is away, or the reader: the page itself says so; old counts are better than none.
        }
    }

    private int CountOf(string path) => (path, _waiting) switch
    {
        ("/approvals", { } waiting) => waiting.Approvals,
        ("/cases", { } waiting) => waiting.Mine,
        _ => 0,
    };

    private void OnLocationChanged(object? sender, LocationChangedEventArgs e) => _ = InvokeAsync(async () =>
    {
        await CountAsync();
        StateHasChanged();
    });

    protected string Href(string path) => NamespaceInAddress is null ? path : $"{path}?ns={Uri.EscapeDataString(Namespace)}";

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            Navigation.LocationChanged -= OnLocationChanged;
            _left.Cancel();
            _left.Dispose();
            _kept?.Dispose();
        }
    }
}
