using System.Security.Claims;

namespace FinObs.DataPlane.Access;

/// <summary>Who is asking.</summary>
internal static class Caller
{
    /// <summary>Role of machines that may do everything that machines may.</summary>
    public const string Operator = "operator";

    /// <summary>Role of any workload of the cluster with a token for us: it may fetch artifacts, whose digests it has to know.</summary>
    public const string Workload = "workload";

    /// <summary>Whoever shows a key: keys have no names.</summary>
    public const string KeyHolder = "api-key";

    /// <summary>The caller as the audit log names it; without sign-in, the machine that the host runs on.</summary>
    public static string NameOf(HttpContext context) =>
        context.User.Identity is { IsAuthenticated: true, Name: { } name } ? name : "local";

    /// <summary>A claim for each permission that a key brings, or that was given to a person by name.</summary>
    public const string PermissionClaim = "finobs:permission";

    /// <summary>By one of the caller's roles, or by name.</summary>
    public static bool Has(ClaimsPrincipal user, string permission) =>
        user.HasClaim(PermissionClaim, permission) || user.FindAll(ClaimTypes.Role).Any(role => Roles.PermissionsOf(role.Value).Contains(permission));

    public static ClaimsPrincipal Of(string name, string role) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, role)], MachineAuthentication.Scheme));
}
