using FinObs.DataPlane.Dashboard.Parts;
using FinObs.DataPlane.Dashboard.Reading;
using Microsoft.AspNetCore.Components;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>Who is let in, and as what?</summary>
public abstract class PeoplePageBase : DashboardPage
{
    [SupplyParameterFromQuery(Name = "before")]
    public Guid? Before { get; set; }

    [Inject]
    internal AccessReader Reader { get; set; } = null!;

    private protected PeopleModel? Model { get; private set; }

    protected string Title => Model is not { Items.Count: > 0 } it ? "Nobody has signed in yet" : $"{Words.Plural(it.Active, "person is", "people are")} let in, {Words.Count(it.Admins)} as admin";

    protected string Lead => Who.IsLocal
        ? "No access is configured: whoever is at this machine may do everything. With an issuer of your people's tokens they appear here with their first sign-in."
        : Model is { Admins: 1 } ? "One admin is one too few: if that account is lost, nobody can give the role again." : "A person appears with their first sign-in. What the issuer's token gives stands beside what was assigned here.";

    protected string Older(Guid next) => new Uri(Navigation.GetUriWithQueryParameter("before", next)).PathAndQuery;

    private protected override async Task ReadAsync(CancellationToken cancellationToken) => Model = await KeptAsync(Navigation.Uri, () => Reader.PeopleAsync(Before, cancellationToken));
}
