using System.Globalization;
using System.Security.Claims;
using FinObs.DataPlane.Access.Oidc;
using FinObs.DataPlane.Access.Users;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Access.Sessions;

/// <summary>
/// A browser's session: an encrypted cookie with the person's id and when they signed in, and nothing else. What they may is looked up with each request, so that a change counts at once; scripts
/// cannot read it, other sites cannot make a browser send it along but by a link.
/// </summary>
internal sealed class SessionCookie(IOptions<AccessOptions> access, TimeProvider time) : IConfigureNamedOptions<CookieAuthenticationOptions>
{
    public const string Scheme = "Session";
    public const string Name = "finobs";
    public const string SinceClaim = "finobs:since";

    public void Configure(CookieAuthenticationOptions options) => Configure(Scheme, options);

    public void Configure(string? name, CookieAuthenticationOptions options)
    {
        if (name != Scheme) return;
        CookieSecurePolicy secure = SecureOf(access.Value.Oidc);
        options.Cookie.Name = secure == CookieSecurePolicy.Always ? $"__Host-{Name}" : Name;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.SecurePolicy = secure;
        options.Cookie.Path = "/";
        options.ExpireTimeSpan = access.Value.Session.IdleTimeout;
        options.SlidingExpiration = true;
        options.TimeProvider = time;
        options.Events = new CookieAuthenticationEvents
        {
            OnValidatePrincipal = LookUpAsync,
            OnRedirectToLogin = context =>
            {
                if (!IsNavigation(context.Request)) return AccessAnswers.UnauthorizedAsync(context.HttpContext);
                context.Response.Redirect($"{SignInApi.SignInPath}?returnUrl={Uri.EscapeDataString(context.Request.PathBase + context.Request.Path + context.Request.QueryString)}");
                return Task.CompletedTask;
            },
            OnRedirectToAccessDenied = context => AccessAnswers.ForbiddenAsync(context.HttpContext),
        };
    }

    /// <summary>Over https only, but for an issuer that is itself without: then this is a machine of a developer.</summary>
    public static CookieSecurePolicy SecureOf(OidcOptions oidc) => oidc.RequireHttpsMetadata ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;

    /// <summary>Somebody goes to a page: they may be led to the sign-in. A script is told 401.</summary>
    public static bool IsNavigation(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private async Task LookUpAsync(CookieValidatePrincipalContext context)
    {
        bool isYoung = long.TryParse(context.Principal?.FindFirst(SinceClaim)?.Value, CultureInfo.InvariantCulture, out long since)
            && time.GetUtcNow() < DateTimeOffset.FromUnixTimeSeconds(since) + access.Value.Session.MaxLifetime;
        UserRow? user = isYoung && context.Principal is { } held && Caller.UserOf(held) is { } id
            ? await context.HttpContext.RequestServices.GetRequiredService<UserDirectory>().FindAsync(id, context.HttpContext.RequestAborted)
            : null;
        if (user is not { IsActive: true })
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(Scheme);
            return;
        }

        ClaimsPrincipal principal = OidcBearer.PrincipalOf(user, access.Value.Oidc, Scheme);
        ((ClaimsIdentity)principal.Identity!).AddClaim(new Claim(SinceClaim, since.ToString(CultureInfo.InvariantCulture))); // a page that stays open has to know when it is over
        context.ReplacePrincipal(principal);
    }
}
