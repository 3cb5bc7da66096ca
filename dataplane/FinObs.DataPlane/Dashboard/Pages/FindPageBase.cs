using FinObs.DataPlane.Access;
using FinObs.DataPlane.Access.Users;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Cases.Compliance;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Dashboard.Reading;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Storage;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>Whatever id is pasted leads to what has it; only one leads there at once.</summary>
public abstract class FindPageBase : DashboardPage
{
    [SupplyParameterFromQuery(Name = "q")]
    public string? Query { get; set; }

    [Inject]
    internal DecisionsReader Decisions { get; set; } = null!;

    [Inject]
    internal IDatabase Database { get; set; } = null!;

    [Inject]
    internal ResourceCatalogue Resources { get; set; } = null!;

    private protected List<(string Path, string What)> Found { get; } = [];

    private protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        Found.Clear();
        if (string.IsNullOrWhiteSpace(Query))
        {
            return;
        }

        string id = Query.Trim();
        if (Who.May(Permissions.TransactionRead))
        {
            Found.AddRange((await Decisions.FindAsync(Namespace, id, cancellationToken)).Select(found => ($"/decisions/{found}", $"The decision {found}")));
        }

        await using FinObsDbContext db = Database.CreateContext();
        Guid? ours = Guid.TryParse(id, out Guid parsed) ? parsed : null;
        if (Who.May(Permissions.CaseRead))
        {
            long number = id.StartsWith("CASE-", StringComparison.OrdinalIgnoreCase) && long.TryParse(id.AsSpan(5), out long named) ? named : -1;
            Found.AddRange((await db.Cases.Where(row => row.Namespace == Namespace && (row.Id == ours || row.Number == number)).OrderBy(row => row.Id).Take(2).ToListAsync(cancellationToken))
                .Select(row => ($"/cases/{row.Id}", $"{row.Name}: {row.Title}")));
        }

        if (ours is not null && Who.May(Permissions.ApprovalRead))
        {
            Found.AddRange((await db.ApprovalRequests.Where(row => row.Id == ours).OrderBy(row => row.Id).Take(1).ToListAsync(cancellationToken)).Select(row => ($"/approvals/{row.Id}", row.Summary)));
        }

        if (ours is not null && Who.May(Permissions.ComplianceRead))
        {
            Found.AddRange((await db.ComplianceLog.Where(row => row.Id == ours && row.Namespace == Namespace).OrderBy(row => row.Id).Take(1).ToListAsync(cancellationToken))
                .Select(row => ($"/compliance/{row.Id}", $"Compliance log: {Parts.Words.Act(row.EventType)}")));
        }

        if (ours is not null && Who.May(Permissions.UserList) && await db.Users.AnyAsync(row => row.Id == ours, cancellationToken))
        {
            Found.Add(($"/access/{ours}", $"The person {ours}"));
        }

        Found.AddRange(Named(id));
        if (Found.Count == 1)
        {
            Navigation.NavigateTo(Href(Found[0].Path), new NavigationOptions { ReplaceHistoryEntry = true });
        }
    }

    /// <summary>Resources are found by their names.</summary>
    private IEnumerable<(string Path, string What)> Named(string name) => !Who.May(Permissions.ResourceRead)
        ? []
        : Resources.Current.Sorted.Where(resource => resource.Key.Namespace == Namespace && resource.Key.Name == name).Select(resource => ($"/policies/{resource.Key.Kind}/{name}", $"{resource.Key.Kind} {name}"));
}
