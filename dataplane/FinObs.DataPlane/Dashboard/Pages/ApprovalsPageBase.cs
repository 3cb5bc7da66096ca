using FinObs.DataPlane.Access;
using FinObs.DataPlane.Dashboard.Reading;
using Microsoft.AspNetCore.Components;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>What waits for people's word, and what they said.</summary>
public abstract class ApprovalsPageBase : DashboardPage
{
    [SupplyParameterFromQuery(Name = "view")]
    public string? ViewInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "cursor")]
    public string? Cursor { get; set; }

    [Inject]
    internal ApprovalsReader Reader { get; set; } = null!;

    private protected ApprovalsModel? Model { get; private set; }

    protected string View => ViewInAddress is "mine" or "open" or "all" ? ViewInAddress : "open";

    /// <summary>A view of one's own only for whoever decides.</summary>
    private protected (string Key, string Text)[] Views => [.. Who.May(Permissions.ApprovalDecide) ? [("mine", "For you")] : Array.Empty<(string, string)>(), ("open", "Open"), ("all", "All")];

    protected string Title => View switch
    {
        "mine" => "Requests that wait for you",
        "all" => "All requests",
        _ => "Open requests",
    };

    internal static string StateOf(string status) => status switch
    {
        "Pending" => "watch",
        "Executed" or "Approved" => "good",
        "Rejected" or "Failed" or "Impossible" => "bad",
        _ => "none",
    };

    private protected override async Task ReadAsync(CancellationToken cancellationToken) =>
        Model = await KeptAsync(Navigation.Uri, () => Reader.ReadAsync(Namespace, View, Cursor, Who, cancellationToken));
}
