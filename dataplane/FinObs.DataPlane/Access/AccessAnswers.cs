using FinObs.DataPlane.Access.Sessions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace FinObs.DataPlane.Access;

/// <summary>What callers are told who are not let in, whatever they have shown.</summary>
internal static class AccessAnswers
{
    private const string HowToShow =
        "Send Authorization: Bearer with a token of the configured issuer, a key made by POST /v1/access/keys, a key of Access:ApiKeyFile, "
        + "or a service-account token for the audience of Access:ServiceAccounts:Audience, that is still valid.";

    /// <summary>401, with the error of RFC 6750 where something was shown.</summary>
    public static Task UnauthorizedAsync(HttpContext context, string? why = null)
    {
        string[] parameters = [.. CredentialShown.Of(context.Request) is null ? Array.Empty<string>() : ["error=\"invalid_token\""], .. MetadataOf(context)];
        context.Response.Headers.WWWAuthenticate = parameters.Length == 0 ? "Bearer" : $"Bearer {string.Join(", ", parameters)}";
        context.Response.Headers.Append(HeaderNames.CacheControl, "no-store");
        return TypedResults.Problem(why ?? HowToShow, statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(context);
    }

    /// <summary>Where whose tokens count is written (RFC 9728), for endpoints that have it written, if there is an issuer.</summary>
    private static string[] MetadataOf(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<ProtectedResource>() is { } resource && context.RequestServices.GetRequiredService<IOptions<AccessOptions>>().Value.Oidc.IsConfigured
            ? [$"resource_metadata=\"{ProtectedResource.HostOf(context, resource.PublicUrl)}{resource.MetadataPath}\""]
            : [];

    /// <summary>403, with whom to ask; in a browser as a page, where the endpoint has one.</summary>
    public static Task ForbiddenAsync(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<IForbiddenAnswer>() is { } page && SessionCookie.IsNavigation(context.Request)
        ? page.AnswerAsync(context)
        : Forbidden(context).ExecuteAsync(context);

    private static ProblemHttpResult Forbidden(HttpContext context)
    {
        string name = Caller.NameOf(context);
        if (context.User.IsInRole(Caller.Workload))
        {
            return Problem($"{name} may fetch artifacts only. To let it do more, name it in Access:ServiceAccounts:Operators.");
        }

        string[] lacking =
        [
            .. context.GetEndpoint()?.Metadata.GetOrderedMetadata<PermissionRequirement>().Select(requirement => requirement.Permission).Where(permission => !Caller.Has(context.User, permission)) ?? [],
        ];
        string lacks = lacking.Length == 0 ? "This is for machines of the installation only" : $"{name} lacks {string.Join(" and ", lacking)}";
        if (Caller.UserOf(context.User) is { } user)
        {
            string[] roles = Caller.RolesOf(context.User);
            return Problem(roles.Length == 0
                ? $"You are signed in as {name}, but have no role here: ask an administrator for one (PUT /v1/users/{user:D}/roles), or have your issuer's token name one of Access:Oidc:RoleMap."
                : $"{lacks}: your roles are {string.Join(", ", roles)}. {HaveIt(lacking)}Ask an administrator (PUT /v1/users/{user:D}/roles).");
        }

        return Problem(name.StartsWith("key:", StringComparison.Ordinal) ? $"{lacks}: make a key that has it (POST /v1/access/keys)." : $"{lacks}: {HaveIt(lacking)}it is not for this caller.");
    }

    private static string HaveIt(string[] lacking)
    {
        string[] roles = [.. Roles.OfPeople.Where(role => lacking.Length > 0 && lacking.All(role.Value.Contains)).Select(role => role.Key).Order(StringComparer.Ordinal)];
        return roles.Length == 0 ? "" : $"These roles may: {string.Join(", ", roles)}. ";
    }

    private static ProblemHttpResult Problem(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status403Forbidden);
}
