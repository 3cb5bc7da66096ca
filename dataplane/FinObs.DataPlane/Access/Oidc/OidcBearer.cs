using System.Globalization;
using System.Security.Claims;
using FinObs.DataPlane.Access.Users;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FinObs.DataPlane.Access.Oidc;

/// <summary>People's bearer tokens: verified with the keys that the issuer publishes, for this audience or from this party, within their time; then the person's row says the rest.</summary>
internal sealed partial class OidcBearer(IOptions<AccessOptions> access, TimeProvider time, ILogger<OidcBearer> logger) : IConfigureNamedOptions<JwtBearerOptions>
{
    public const string Scheme = "Oidc";

    /// <summary>Said in the answer: the token is good, and does not count.</summary>
    public const string Deactivated = "This account is deactivated here: ask an administrator (POST /v1/users/{id}/activate).";

    private static readonly TimeSpan Backchannel = TimeSpan.FromSeconds(10);

    public void Configure(JwtBearerOptions options) => Configure(Scheme, options);

    public void Configure(string? name, JwtBearerOptions options)
    {
        if (name != Scheme) return;
        OidcOptions oidc = access.Value.Oidc;
        options.Authority = oidc.Authority;
        if (!string.IsNullOrEmpty(oidc.MetadataAddress)) options.MetadataAddress = oidc.MetadataAddress;
        options.RequireHttpsMetadata = oidc.RequireHttpsMetadata;
        options.BackchannelTimeout = Backchannel;
        options.MapInboundClaims = false;
        options.SaveToken = false;
        options.TimeProvider = time;
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAlgorithms = TokenRules.Algorithms,
            RequireSignedTokens = true,
            AudienceValidator = (audiences, token, _) => IsForUs(audiences, token, oidc),
            LifetimeValidator = (notBefore, expires, _, _) => TokenRules.IsValidAt(time.GetUtcNow(), notBefore, expires),
        };
        options.Events = new JwtBearerEvents
        {
            OnMessageReceived = context =>
            {
                context.Token = CredentialShown.Of(context.Request);
                return Task.CompletedTask;
            },
            OnTokenValidated = ComeAsync,
            OnAuthenticationFailed = context =>
            {
                LogRefused(logger, context.Exception.GetType().Name);
                return Task.CompletedTask;
            },
            OnChallenge = context =>
            {
                context.HandleResponse();
                return AccessAnswers.UnauthorizedAsync(context.HttpContext, context.AuthenticateFailure is DeactivatedException ? Deactivated : null);
            },
            OnForbidden = context => AccessAnswers.ForbiddenAsync(context.HttpContext),
        };
    }

    /// <summary>The right audience, or where the token's party is one of ours. With neither configured nobody comes by bearer.</summary>
    public static bool IsForUs(IEnumerable<string>? audiences, SecurityToken token, OidcOptions oidc) =>
        (audiences ?? []).Any(oidc.Audiences.Contains)
        || (token is JsonWebToken jwt && jwt.TryGetPayloadValue("azp", out string? party) && party is { Length: > 0 } && oidc.AuthorizedParties.Contains(party));

    /// <summary>As a good token describes its bearer; null where it does not say who that is.</summary>
    public static IssuerIdentity? Read(ClaimsIdentity token, string issuer, OidcOptions oidc)
    {
        string? Text(string claim) => token.FindFirst(claim)?.Value is { Length: > 0 and <= 500 } value ? value : null;
        return Text(oidc.SubjectClaim) is { } subject
            ? new IssuerIdentity(issuer, new UserProfile(subject, Text("name") ?? Text("preferred_username"), Text("email"), Text("preferred_username")), IssuerRoles.Of(token, oidc))
            : null;
    }

    /// <summary>By the token, by what was assigned here, and where neither gives a role, by default.</summary>
    public static ClaimsPrincipal PrincipalOf(UserRow user, OidcOptions oidc, string scheme)
    {
        string[] roles = [.. user.AllRoles];
        if (roles.Length == 0 && oidc.DefaultRole is { Length: > 0 } role) roles = [role];
        ClaimsPrincipal principal = Caller.Of(user.Actor, roles, [], scheme, user.Id);
        ((ClaimsIdentity)principal.Identity!).AddClaim(new Claim(Caller.VersionClaim, user.Version.ToString(CultureInfo.InvariantCulture)));
        return principal;
    }

    private async Task ComeAsync(TokenValidatedContext context)
    {
        OidcOptions oidc = access.Value.Oidc;
        if (context.Principal?.Identity is not ClaimsIdentity token || Read(token, context.SecurityToken.Issuer, oidc) is not { } who)
        {
            LogRefused(logger, $"it has no claim {oidc.SubjectClaim}");
            context.Fail("The token does not say whose it is.");
            return;
        }

        UserDirectory users = context.HttpContext.RequestServices.GetRequiredService<UserDirectory>();
        switch (await users.ComeAsync(who, "bearer", context.HttpContext.RequestAborted))
        {
            case Coming.In(var user):
                context.Principal = PrincipalOf(user, oidc, Scheme);
                break;
            case Coming.Refused:
                context.Fail(new DeactivatedException());
                break;
        }
    }

    [LoggerMessage(LogLevel.Information, "A token of the issuer (Access:Oidc) is refused: {Why}.")]
    private static partial void LogRefused(ILogger logger, string why);

    /// <summary>Carries to the answer that it is not the token's fault.</summary>
    private sealed class DeactivatedException : Exception;
}
