using FinObs.DataPlane.Access.Oidc;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Access.Sessions;

/// <summary>Where a browser's session begins and ends.</summary>
internal static class SignInApi
{
    public const string SignInPath = "/signin";
    public const string SignOutPath = "/signout";

    public static void MapSignIn(this IEndpointRouteBuilder app)
    {
        app.MapGet(SignInPath, SignIn).AllowAnonymous().WithTags("Access").WithName("SignIn")
            .WithSummary("For browsers: to the issuer's sign-in and back to returnUrl, a path of this host.").ProducesProblem(StatusCodes.Status404NotFound);
        app.MapPost(SignOutPath, SignOutAsync).AllowAnonymous().WithTags("Access").WithName("SignOut").WithSummary("End this browser's session here. The issuer's own goes on.");
    }

    private static Results<ChallengeHttpResult, ProblemHttpResult> SignIn(IOptions<AccessOptions> access, string? returnUrl = null) => access.Value.Oidc.HasBrowser
        ? TypedResults.Challenge(new AuthenticationProperties { RedirectUri = IsLocal(returnUrl) ? returnUrl : "/" }, [BrowserSignIn.Scheme])
        : TypedResults.Problem("There is no sign-in with a browser here: set Access:Oidc:Authority and Access:Oidc:ClientId.", statusCode: StatusCodes.Status404NotFound);

    private static async Task<NoContent> SignOutAsync(HttpContext context, IOptions<AccessOptions> access)
    {
        if (access.Value.Oidc.HasBrowser) await context.SignOutAsync(SessionCookie.Scheme);
        return TypedResults.NoContent();
    }

    /// <summary>A path of this host: <c>//elsewhere</c> and <c>/\elsewhere</c> are other hosts to a browser.</summary>
    private static bool IsLocal(string? url) => url is ['/'] or ['/', not ('/' or '\\'), ..] && !url.Any(char.IsControl);
}
