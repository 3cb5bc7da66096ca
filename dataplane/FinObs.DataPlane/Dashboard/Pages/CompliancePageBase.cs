using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Dashboard.Parts;
using FinObs.DataPlane.Dashboard.Reading;
using Microsoft.AspNetCore.Components;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>What has compliance to look at, and what came of it?</summary>
public abstract class CompliancePageBase : DashboardPage
{
    private protected static readonly (string Key, string Text)[] Views = [("open", "Open"), ("resolved", "Resolved"), ("all", "All")];

    [SupplyParameterFromQuery(Name = "view")]
    public string? ViewInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "severity")]
    public string? Severity { get; set; }

    [SupplyParameterFromQuery(Name = "cursor")]
    public string? Cursor { get; set; }

    [Inject]
    internal ComplianceReader Reader { get; set; } = null!;

    private protected ComplianceModel? Model { get; private set; }

    protected string View => ViewInAddress is "open" or "resolved" or "all" ? ViewInAddress : "open";

    protected bool IsFiltered => !string.IsNullOrEmpty(Severity);

    protected string Title => Model switch
    {
        null or { Open: 0 } => "Nothing waits for compliance",
        { Grave: > 0 } it => $"{Words.Plural(it.Open, "entry is", "entries are")} open, {Words.Count(it.Grave)} high or critical",
        var it => $"{Words.Plural(it.Open, "entry is", "entries are")} open",
    };

    /// <summary>By rank, not by hue alone: pips and a word.</summary>
    private protected static string Pips(CaseSeverity severity) => new string('▮', 1 + (int)severity) + new string('▯', Math.Max(0, 3 - (int)severity));

    /// <summary>The page of what an entry is about; null = it has none, or not for whoever looks.</summary>
    internal static string? PageOf(ComplianceLine line) => (line.EntityType, line.EntityId) switch
    {
        (_, null) => null,
        ("case", { } id) => $"/cases/{Uri.EscapeDataString(id)}",
        ("approval", { } id) => $"/approvals/{Uri.EscapeDataString(id)}",
        ("decision" or "transaction", { } id) => $"/decisions/{Uri.EscapeDataString(id)}",
        ("callback" or "callbacktarget" or "callback_target", { } id) => $"/deliveries?target={Uri.EscapeDataString(id)}",
        _ => null,
    };

    protected string AddressOf(string name, string? value) =>
        new Uri(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>(StringComparer.Ordinal) { ["cursor"] = null, [name] = value })).PathAndQuery;

    private protected override async Task ReadAsync(CancellationToken cancellationToken) =>
        Model = await KeptAsync(Navigation.Uri, () => Reader.ReadAsync(Namespace, View, Severity, Cursor, Who, cancellationToken));
}
