using FinObs.DataPlane.Dashboard.Reading;
using Microsoft.AspNetCore.Components;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>What is to be worked on, and how long is left?</summary>
public abstract class CasesPageBase : DashboardPage
{
    [SupplyParameterFromQuery(Name = "view")]
    public string? ViewInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "cursor")]
    public string? Cursor { get; set; }

    [Inject]
    internal CasesReader Reader { get; set; } = null!;

    private protected CasesModel? Model { get; private set; }

    protected string View => ViewInAddress ?? "open";

    protected string EmptyWhy => View switch
    {
        "mine" => "No open case is yours.",
        "unassigned" => "Every open case is somebody's.",
        "overdue" => "No open case is over its time.",
        "resolved" => "No case was resolved yet.",
        _ => "No case is open.",
    };

    private protected static (string Key, string Text, int? Count)[] Views(CasesModel model) =>
        [("open", "Open", model.Open), ("mine", "Mine", model.Mine), ("unassigned", "Nobody's", model.Unassigned), ("overdue", "Over time", model.Overdue), ("resolved", "Resolved", null)];

    private protected override async Task ReadAsync(CancellationToken cancellationToken) =>
        Model = await KeptAsync(Navigation.Uri, () => Reader.ReadAsync(Namespace, View, Cursor, Who, cancellationToken));
}
