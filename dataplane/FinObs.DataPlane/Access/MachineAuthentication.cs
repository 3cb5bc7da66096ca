using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Access;

/// <summary>Bearer authentication of machines: a key of the key file, or a service account's token.</summary>
internal sealed class MachineAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> schemeOptions, ILoggerFactory loggers, UrlEncoder encoder, IOptions<AccessOptions> options, KeyFile keys, ServiceAccountTokens tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(schemeOptions, loggers, encoder)
{
    public new const string Scheme = "Machine";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (BearerHeader.Of(Request) is not { } shown)
        {
            return AuthenticateResult.NoResult();
        }

        if (keys.Holds(shown))
        {
            return Success(Caller.KeyHolder, Caller.Operator);
        }

        return await tokens.SubjectAsync(shown, Context.RequestAborted) is { } subject
            ? Success(subject, options.Value.ServiceAccounts.Operators.Contains(subject) ? Caller.Operator : Caller.Workload)
            : AuthenticateResult.Fail("The bearer token is not known.");
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        await TypedResults.Problem(
            "Send Authorization: Bearer with a key of Access:ApiKeyFile, or with a service-account token for the audience of Access:ServiceAccounts:Audience that is still valid.",
            statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(Context);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => TypedResults.Problem(
        $"{Caller.NameOf(Context)} may fetch artifacts only. To let it do more, name it in Access:ServiceAccounts:Operators.",
        statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(Context);

    private static AuthenticateResult Success(string name, string role) => AuthenticateResult.Success(new AuthenticationTicket(Caller.Of(name, role), Scheme));
}
