using System.Security.Claims;

namespace FinObs.DataPlane.Access;

/// <summary>Who is asking.</summary>
internal static class Caller
{
    /// <summary>Role of machines that may do everything that machines may.</summary>
    public const string Operator = Roles.Operator;

    /// <summary>Role of any workload of the cluster with a token for us: it may fetch artifacts, whose digests it has to know.</summary>
    public const string Workload = "workload";

    /// <summary>Whoever shows a key of the key file: such keys have no names.</summary>
    public const string KeyHolder = "api-key";

    /// <summary>Whoever works on the machine that the host runs on, where no access is configured.</summary>
    public const string Local = "local";

    /// <summary>What the names of people begin with.</summary>
    public const string PersonPrefix = "user:";

    /// <summary>A claim for each permission that a key brings, or that was given to a person by name.</summary>
    public const string PermissionClaim = "finobs:permission";

    /// <summary>The namespace in which a service account may carry out retraining runs, and upload what they train.</summary>
    public const string TrainsClaim = "finobs:trains";

    /// <summary>The id of a person's row.</summary>
    public const string UserClaim = "finobs:user";

    /// <summary>Which state of that row was looked at.</summary>
    public const string VersionClaim = "finobs:version";

    /// <summary>The caller as the audit log names it, without personal data: a service account, <c>user:ID</c>, <c>key:ID</c>, <see cref="KeyHolder"/> or <see cref="Local"/>.</summary>
    public static string NameOf(HttpContext context) =>
        context.User.Identity is { IsAuthenticated: true, Name: { } name } ? name : Local;

    /// <summary>The same; null where nobody has to say who they are.</summary>
    public static string? ShownNameOf(HttpContext context) =>
        context.User.Identity is { IsAuthenticated: true } identity && identity.AuthenticationType != LocalAuthentication.Scheme ? identity.Name : null;

    /// <summary>By one of the caller's roles, or by name.</summary>
    public static bool Has(ClaimsPrincipal user, string permission) =>
        user.HasClaim(PermissionClaim, permission) || user.FindAll(ClaimTypes.Role).Any(role => Roles.PermissionsOf(role.Value).Contains(permission));

    /// <summary>All that the caller may, in order.</summary>
    public static string[] PermissionsOf(ClaimsPrincipal user) => [.. Permissions.All.Where(permission => Has(user, permission)).Order(StringComparer.Ordinal)];

    /// <summary>In order.</summary>
    public static string[] RolesOf(ClaimsPrincipal user) => [.. user.FindAll(ClaimTypes.Role).Select(role => role.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>The person's id; null for machines.</summary>
    public static Guid? UserOf(ClaimsPrincipal user) => Guid.TryParseExact(user.FindFirst(UserClaim)?.Value, "D", out Guid id) ? id : null;

    /// <summary>Where the caller may carry out runs and do nothing else; null = it is no Job of the operator's.</summary>
    public static string? TrainsIn(ClaimsPrincipal user) => user.FindFirst(TrainsClaim)?.Value;

    public static ClaimsPrincipal Of(string name, string role) => Of(name, [role], [], MachineAuthentication.Scheme);

    public static ClaimsPrincipal Of(string name, IEnumerable<string> roles, IEnumerable<string> permissions, string scheme, Guid? user = null) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.Name, name),
            .. roles.Select(role => new Claim(ClaimTypes.Role, role)),
            .. permissions.Select(permission => new Claim(PermissionClaim, permission)),
            .. user is { } id ? [new Claim(UserClaim, id.ToString("D"))] : Array.Empty<Claim>(),
        ],
        scheme));
}
