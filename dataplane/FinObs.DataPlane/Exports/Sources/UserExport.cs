using System.Runtime.CompilerServices;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Access.Users;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Exports.Sources;

/// <summary>People who have come at least once and what they may, by when they came first. They belong to no namespace; who they are to the issuer is personal.</summary>
internal sealed class UserExport(IDatabase database, UserProfiles profiles) : IExportSource
{
    public string Type => "users";

    public string? Permission => Permissions.UserList;

    public IReadOnlyList<ExportColumn> Columns { get; } =
    [
        new("id"), new("issuer"), new("subject", IsPersonal: true), new("name", IsPersonal: true), new("email", IsPersonal: true), new("roles_here"), new("roles_of_issuer"), new("is_active"), new("created_at"), new("last_seen_at"),
    ];

    public IReadOnlyDictionary<string, string> Filters { get; } = new Dictionary<string, string>
    {
        ["role"] = string.Join(", ", Roles.OfPeople.Keys.Order(StringComparer.Ordinal)),
        ["active"] = "true or false",
    };

    public string? Refuse(string filter, string value) => filter switch
    {
        "role" when !Roles.OfPeople.ContainsKey(value) => $"role is one of {Filters["role"]}.",
        "active" when value is not ("true" or "false") => "active is true or false.",
        _ => null,
    };

    public async IAsyncEnumerable<object?[]> ReadAsync(ExportScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? role = scope.Filters.GetValueOrDefault("role");
        await foreach (UserRow row in ExportPages.ReadAsync(
            database, scope, (db, after, until) => Apply(db.Users, scope).Where(row => row.Id > after && row.Id < until).OrderBy(row => row.Id), row => row.Id, cancellationToken))
        {
            if (role is null || row.AllRoles.Contains(role, StringComparer.Ordinal))
            {
                UserProfile? who = profiles.Open(row.Id, row.Profile);
                yield return
                [
                    row.Id, row.Issuer, who?.Subject, who?.Name, who?.Email, string.Join("; ", RoleList.Parse(row.Roles)), string.Join("; ", RoleList.Parse(row.IssuerRoles)), row.IsActive, row.CreatedAt, row.LastSeenAt,
                ];
            }
        }
    }

    private static IQueryable<UserRow> Apply(IQueryable<UserRow> rows, ExportScope scope) =>
        scope.Filters.TryGetValue("active", out string? flag) && (flag == "true") is var active ? rows.Where(row => row.IsActive == active) : rows;
}
