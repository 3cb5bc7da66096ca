using FinObs.DataPlane.Access;
using AccessRoles = FinObs.DataPlane.Access.Roles;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>What may each role?</summary>
public abstract class RolesPageBase : DashboardPage
{
    private protected static readonly string[] All = [AccessRoles.Viewer, AccessRoles.Analyst, AccessRoles.Compliance, AccessRoles.Admin, AccessRoles.Examiner];

    /// <summary>By what they are about.</summary>
    private protected static readonly (string About, string[] Permissions)[] Groups =
        [.. Permissions.All.Order(StringComparer.Ordinal).GroupBy(permission => permission.Split(':')[0]).Select(group => (group.Key.Replace('_', ' '), group.ToArray()))];

    private protected static string Told(string role) => role switch
    {
        AccessRoles.Viewer => "looks: numbers and lists, no personal data",
        AccessRoles.Analyst => "investigates and proposes",
        AccessRoles.Compliance => "decides: cases, overrides, approvals, reports",
        AccessRoles.Admin => "runs the platform; suspicious activity reports are not for them",
        _ => "from outside: reads what is evidence, changes nothing, each read is recorded",
    };

    private protected static bool May(string role, string permission) => AccessRoles.PermissionsOf(role).Contains(permission);

    private protected override Task ReadAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
