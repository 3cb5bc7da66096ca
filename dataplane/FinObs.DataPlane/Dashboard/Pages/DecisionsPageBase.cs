using FinObs.DataPlane.Dashboard.Live;
using FinObs.DataPlane.Dashboard.Reading;
using FinObs.DataPlane.Transactions;
using Microsoft.AspNetCore.Components;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>Which decisions were made? Filters live in the address; new ones wait behind a button, so that no row moves.</summary>
public abstract class DecisionsPageBase : DashboardPage
{
    /// <summary>Not approved: what people look at first.</summary>
    private const string Flagged = "flagged";
    private const string Everything = "all";

    private protected static readonly (string Key, string Text)[] Views = [(Flagged, "Flagged"), ("manual_review", "Review"), ("block", "Block"), ("approve", "Approve"), (Everything, "All")];

    private IDisposable? _watch;
    private PulseSnapshot? _begun;
    private PulseSnapshot? _now;

    private string? _listed;

    private protected string? _account;
    private protected string? _type;
    private protected string? _minScore;

    [SupplyParameterFromQuery(Name = "decision")]
    public string? Decision { get; set; }

    [SupplyParameterFromQuery(Name = "account")]
    public string? Account { get; set; }

    [SupplyParameterFromQuery(Name = "type")]
    public string? Type { get; set; }

    [SupplyParameterFromQuery(Name = "min_score")]
    public string? MinScore { get; set; }

    [SupplyParameterFromQuery(Name = "cursor")]
    public string? Cursor { get; set; }

    /// <summary>What is looked at beside the list.</summary>
    [SupplyParameterFromQuery(Name = "peek")]
    public Guid? PeekId { get; set; }

    [Inject]
    internal DecisionReader One { get; set; } = null!;

    [Inject]
    internal DecisionsReader Reader { get; set; } = null!;

    [Inject]
    internal LivePulse Live { get; set; } = null!;

    private protected DecisionsModel? Model { get; private set; }

    private protected DecisionModel? Peeked { get; private set; }

    protected bool HasAccounts => Model?.Items.Any(row => row.Account is not null) == true;

    /// <summary>How many of these came since the page was read; on the first page of an unfiltered view only.</summary>
    protected long New => Cursor is not null || Chips.Any() || _begun is not { } begun || _now is not { } now ? 0
        : (Decision ?? Flagged) switch { Flagged => now.TotalFlagged - begun.TotalFlagged, Everything => now.Total - begun.Total, _ => 0 };

    protected string Title => (Decision ?? Flagged) switch
    {
        "manual_review" => "Decisions to review",
        "block" => "Blocked decisions",
        "approve" => "Approved decisions",
        Everything => "All decisions",
        _ => "Flagged decisions",
    };

    protected string Lead => Cursor is null ? "The newest first. J and K move, Enter opens." : "Older ones. J and K move, Enter opens.";

    protected string First => With("cursor", null);

    protected IEnumerable<(string Name, string Text)> Chips
    {
        get
        {
            if (!string.IsNullOrEmpty(Account)) yield return ("account", $"account = {Account}");
            if (!string.IsNullOrEmpty(Type)) yield return ("type", $"type = {Type}");
            if (!string.IsNullOrEmpty(MinScore)) yield return ("min_score", $"score ≥ {MinScore}");
        }
    }

    private protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        Peeked = PeekId is { } peek ? await KeptAsync($"peek/{peek}", () => One.ReadAsync(peek, Who, cancellationToken)) : null;
        string list = With("cursor", Cursor);
        if (list == _listed)
        {
            return; // only what is beside it is another: no row moves
        }

        (_account, _type, _minScore) = (Account, Type, MinScore);
        string? decision = Decision is Flagged or Everything or null ? null : Decision;
        TransactionQuery query = new(Namespace, Filled(Account), decision, Filled(Type), null, Filled(MinScore), null, null, Filled(Cursor), null);
        Model = await KeptAsync(Navigation.Uri, () => Reader.ReadAsync(query, flaggedOnly: Decision is null or Flagged, Who, cancellationToken));
        (_begun, _listed) = (_now, list);
    }

    protected override Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _watch = Live.Watch(Namespace, snapshot => _ = InvokeAsync(() =>
            {
                long before = New;
                _begun ??= snapshot;
                _now = snapshot;
                if (New != before)
                {
                    StateHasChanged();
                }
            }));
        }

        return base.OnAfterRenderAsync(firstRender);
    }

    protected void Apply() => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(
        Navigation.ToAbsoluteUri("/decisions").ToString(),
        new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["ns"] = NamespaceInAddress,
            ["decision"] = Decision,
            ["account"] = Filled(_account),
            ["type"] = Filled(_type),
            ["min_score"] = Filled(_minScore),
        }));

    /// <summary>The same view with another value of one filter, from its first page.</summary>
    protected string With(string name, string? value) => new Uri(Navigation.GetUriWithQueryParameters(
        Navigation.ToAbsoluteUri("/decisions").ToString(),
        new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["ns"] = NamespaceInAddress,
            ["decision"] = Decision,
            ["account"] = Filled(Account),
            ["type"] = Filled(Type),
            ["min_score"] = Filled(MinScore),
            ["cursor"] = name == "peek" ? Filled(Cursor) : null,
            ["peek"] = null,
            [name] = value,
        })).PathAndQuery;

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _watch?.Dispose();
        }

        base.Dispose(disposing);
    }
}
