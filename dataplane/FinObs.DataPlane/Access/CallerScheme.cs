using FinObs.DataPlane.Access.Keys;
using FinObs.DataPlane.Access.Oidc;
using FinObs.DataPlane.Access.Sessions;
using Microsoft.IdentityModel.JsonWebTokens;

namespace FinObs.DataPlane.Access;

/// <summary>Which check a request is for, by the form of what it shows. Each check then decides alone: nothing that one refuses is given to another.</summary>
internal static class CallerScheme
{
    public const string Scheme = "Caller";

    private static readonly JsonWebTokenHandler Tokens = new();

    public static string Of(HttpContext context, AccessOptions access)
    {
        if (CredentialShown.Of(context.Request) is not { } shown)
        {
            bool isBrowser = access.Oidc.HasBrowser && (HasSession(context.Request, access.Oidc) || SessionCookie.IsNavigation(context.Request));
            return isBrowser ? SessionCookie.Scheme : MachineAuthentication.Scheme;
        }

        if (ApiKeyText.IsOne(shown) || ApiKeyAuthentication.IsBootstrap(shown, access)) return ApiKeyAuthentication.Scheme;
        return access.Oidc.IsConfigured && Tokens.CanReadToken(shown) && IssuerOf(shown) is { } issuer && issuer != access.ServiceAccounts.Issuer ? OidcBearer.Scheme : MachineAuthentication.Scheme;
    }

    private static bool HasSession(HttpRequest request, OidcOptions oidc) =>
        request.Cookies.Keys.Any(name => name.StartsWith(SessionCookie.SecureOf(oidc) == CookieSecurePolicy.Always ? $"__Host-{SessionCookie.Name}" : SessionCookie.Name, StringComparison.Ordinal));

    /// <summary>As the token says, unproven: it only decides who looks at it.</summary>
    private static string? IssuerOf(string token)
    {
        try
        {
            return Tokens.ReadJsonWebToken(token).Issuer;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
