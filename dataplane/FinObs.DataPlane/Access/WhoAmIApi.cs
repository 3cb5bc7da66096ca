using System.Security.Claims;
using FinObs.DataPlane.Access.Keys;
using FinObs.DataPlane.Access.Sessions;

namespace FinObs.DataPlane.Access;

/// <summary>What callers are told of themselves, and of the roles there are.</summary>
internal static class WhoAmIApi
{
    public static void MapWhoAmI(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder access = app.MapGroup("/v1/access").WithTags("Access");
        access.MapGet("/me", (HttpContext context) => TypedResults.Ok(Of(context))).RequireKnownCaller().WithName("GetMe").WithSummary("Who you are here, and what you may.");
        access.MapGet("/roles", () => TypedResults.Ok(RoleAnswers())).RequireAnyPermission().WithName("ListRoles").WithSummary("The roles of people, and what each may.");
    }

    private static MeAnswer Of(HttpContext context)
    {
        ClaimsPrincipal user = context.User;
        string kind = user.Identity?.AuthenticationType switch
        {
            LocalAuthentication.Scheme => "local",
            MachineAuthentication.Scheme => "machine",
            ApiKeyAuthentication.Scheme => "key",
            SessionCookie.Scheme => "session",
            _ => "user",
        };
        return new MeAnswer(Caller.NameOf(context), kind, Caller.RolesOf(user), Caller.PermissionsOf(user));
    }

    private static RoleAnswer[] RoleAnswers() =>
        [.. Roles.OfPeople.OrderBy(role => role.Key, StringComparer.Ordinal).Select(role => new RoleAnswer(role.Key, [.. role.Value.Order(StringComparer.Ordinal)]))];
}

/// <summary>The caller.</summary>
/// <param name="Name">As the audit log names them.</param>
/// <param name="Kind"><c>user</c> (by bearer), <c>session</c> (by cookie), <c>key</c>, <c>machine</c>, or <c>local</c> where no access is configured.</param>
/// <param name="Roles">In order.</param>
/// <param name="Permissions">All, in order.</param>
internal sealed record MeAnswer(string Name, string Kind, IReadOnlyList<string> Roles, IReadOnlyList<string> Permissions);

/// <summary>A role of people.</summary>
internal sealed record RoleAnswer(string Name, IReadOnlyList<string> Permissions);
