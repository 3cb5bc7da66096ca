using System.Globalization;
using System.Security.Claims;
using FinObs.DataPlane.Access.Sessions;
using FinObs.DataPlane.Access.Users;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace FinObs.DataPlane.Access.Oidc;

/// <summary>Sign-in with a browser through the same issuer: authorization code with PKCE. What comes of it is a session that holds the person's id and no more.</summary>
internal sealed partial class BrowserSignIn(IOptions<AccessOptions> access, TimeProvider time, ILogger<BrowserSignIn> logger) : IConfigureNamedOptions<OpenIdConnectOptions>
{
    public const string Scheme = "Issuer";
    public const string CallbackPath = "/signin/callback";

    private static readonly string[] UsualScopes = ["openid", "profile", "email"];

    public void Configure(OpenIdConnectOptions options) => Configure(Scheme, options);

    public void Configure(string? name, OpenIdConnectOptions options)
    {
        if (name != Scheme) return;
        OidcOptions oidc = access.Value.Oidc;
        options.Authority = oidc.Authority;
        if (!string.IsNullOrEmpty(oidc.MetadataAddress)) options.MetadataAddress = oidc.MetadataAddress;
        options.RequireHttpsMetadata = oidc.RequireHttpsMetadata;
        options.ClientId = oidc.ClientId;
        options.ClientSecret = oidc.ClientSecretFile is { Length: > 0 } file ? SecretFile.FirstLine(file) : null;
        options.ResponseType = OpenIdConnectResponseType.Code;
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.UsePkce = true;
        options.MapInboundClaims = false;
        options.SaveTokens = false;
        options.GetClaimsFromUserInfoEndpoint = false;
        options.CallbackPath = CallbackPath;
        options.SignInScheme = SessionCookie.Scheme;
        options.TimeProvider = time;
        options.Scope.Clear();
        foreach (string scope in oidc.Scopes.Count > 0 ? oidc.Scopes : UsualScopes) options.Scope.Add(scope);
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAudience = oidc.ClientId,
            ValidAlgorithms = TokenRules.Algorithms,
            LifetimeValidator = (notBefore, expires, _, _) => TokenRules.IsValidAt(time.GetUtcNow(), notBefore, expires),
        };
        CookieSecurePolicy secure = SessionCookie.SecureOf(oidc);
        (options.CorrelationCookie.SameSite, options.CorrelationCookie.SecurePolicy) = (SameSiteMode.Lax, secure);
        (options.NonceCookie.SameSite, options.NonceCookie.SecurePolicy) = (SameSiteMode.Lax, secure);
        options.Events = new OpenIdConnectEvents { OnTokenValidated = ComeAsync, OnRemoteFailure = FailAsync };
    }

    private async Task ComeAsync(TokenValidatedContext context)
    {
        OidcOptions oidc = access.Value.Oidc;
        if (context.Principal?.Identity is not ClaimsIdentity token || OidcBearer.Read(token, context.SecurityToken.Issuer, oidc) is not { } who)
        {
            context.Fail($"The issuer does not say who signed in: its ID token has no claim {oidc.SubjectClaim} (Access:Oidc:SubjectClaim).");
            return;
        }

        switch (await context.HttpContext.RequestServices.GetRequiredService<UserDirectory>().ComeAsync(who, "session", context.HttpContext.RequestAborted))
        {
            case Coming.In(var user):
                context.Principal = new ClaimsPrincipal(new ClaimsIdentity(
                [
                    new Claim(Caller.UserClaim, user.Id.ToString("D")),
                    new Claim(SessionCookie.SinceClaim, time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
                ],
                SessionCookie.Scheme));
                break;
            case Coming.Refused:
                context.Fail(OidcBearer.Deactivated);
                break;
        }
    }

    private Task FailAsync(RemoteFailureContext context)
    {
        context.HandleResponse();
        bool isDeactivated = context.Failure?.Message == OidcBearer.Deactivated;
        LogFailed(logger, isDeactivated ? "the account is deactivated" : context.Failure?.GetType().Name ?? "for no reason that is known");
        return TypedResults.Problem(
            isDeactivated ? OidcBearer.Deactivated : "The sign-in did not come to its end: begin again at /signin. If it goes on, the log of this host names the check that failed.",
            statusCode: isDeactivated ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest).ExecuteAsync(context.HttpContext);
    }

    [LoggerMessage(LogLevel.Information, "A sign-in with a browser did not come to its end: {Why}.")]
    private static partial void LogFailed(ILogger logger, string why);
}
