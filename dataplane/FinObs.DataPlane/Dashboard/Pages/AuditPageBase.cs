using FinObs.DataPlane.Dashboard.Reading;
using Microsoft.AspNetCore.Components;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>Who did what, and when?</summary>
public abstract class AuditPageBase : DashboardPage
{
    private protected static readonly string[] Tags = ["FINRA 4511", "SEC 17a-4"];

    [SupplyParameterFromQuery(Name = "kind")]
    public string? Kind { get; set; }

    [SupplyParameterFromQuery(Name = "actor")]
    public string? ActorFilter { get; set; }

    [SupplyParameterFromQuery(Name = "tag")]
    public string? Tag { get; set; }

    [SupplyParameterFromQuery(Name = "before")]
    public Guid? Before { get; set; }

    [Inject]
    internal AuditPageReader Reader { get; set; } = null!;

    private protected AuditPageModel? Model { get; private set; }

    protected bool IsFiltered => !string.IsNullOrWhiteSpace(Kind) || !string.IsNullOrWhiteSpace(ActorFilter) || !string.IsNullOrWhiteSpace(Tag);

    protected string Newest => Address(null);

    protected string Older(Guid next) => Address(next);

    private string Address(Guid? before) => new Uri(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>(StringComparer.Ordinal) { ["before"] = before })).PathAndQuery;

    private protected override async Task ReadAsync(CancellationToken cancellationToken) =>
        Model = await KeptAsync(Navigation.Uri, () => Reader.ReadAsync(Namespace, Kind, ActorFilter, Tag, Before, Who, cancellationToken));
}
