using System.Security.Cryptography;
using System.Text.Encodings.Web;
using FinObs.DataPlane.Access.Users;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Access.Keys;

/// <summary>Authentication by a machine's key, of the table or the one that the configuration brings (<c>WEBHOOK_API_KEY</c>).</summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> schemeOptions, ILoggerFactory loggers, UrlEncoder encoder, IOptions<AccessOptions> access)
    : AuthenticationHandler<AuthenticationSchemeOptions>(schemeOptions, loggers, encoder)
{
    public new const string Scheme = "ApiKey";

    /// <summary>As the audit log names whoever shows the key of the configuration.</summary>
    public const string Bootstrap = "key:webhook";

    /// <summary>What a sender of transactions needs, and no more.</summary>
    public static readonly string[] BootstrapPermissions = [Permissions.TransactionCreate, Permissions.TransactionRead, Permissions.ExplainRead, Permissions.DeliveryRead];

    /// <summary>Whether it is the configuration's. Compared by hashes, so that time tells nothing of how much was right.</summary>
    public static bool IsBootstrap(string shown, AccessOptions access) =>
        access.WebhookApiKey is { Length: > 0 } key && CryptographicOperations.FixedTimeEquals(ApiKeyText.HashOf(shown), ApiKeyText.HashOf(key));

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (CredentialShown.Of(Request) is not { } shown) return AuthenticateResult.NoResult();
        if (IsBootstrap(shown, access.Value)) return Success(Bootstrap, BootstrapPermissions);
        return await Context.RequestServices.GetRequiredService<ApiKeys>().FindAsync(shown, Context.RequestAborted) is { } key
            ? Success(key.Actor, RoleList.Parse(key.Permissions))
            : AuthenticateResult.Fail("The key is not known, has expired or was revoked.");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => AccessAnswers.UnauthorizedAsync(Context);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => AccessAnswers.ForbiddenAsync(Context);

    private static AuthenticateResult Success(string name, IEnumerable<string> permissions) =>
        AuthenticateResult.Success(new AuthenticationTicket(Caller.Of(name, [], permissions, Scheme), Scheme));
}
