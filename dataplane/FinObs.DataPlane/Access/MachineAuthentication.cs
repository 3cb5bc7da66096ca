using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Access;

/// <summary>Authentication of machines: a key of the key file, or a service account's token.</summary>
internal sealed class MachineAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> schemeOptions, ILoggerFactory loggers, UrlEncoder encoder, IOptions<AccessOptions> options, KeyFile keys, ServiceAccountTokens tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(schemeOptions, loggers, encoder)
{
    public new const string Scheme = "Machine";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (CredentialShown.Of(Request) is not { } shown)
        {
            return AuthenticateResult.NoResult();
        }

        if (keys.Holds(shown))
        {
            return Success(Caller.KeyHolder, Caller.Operator);
        }

        return await tokens.SubjectAsync(shown, Context.RequestAborted) is { } subject
            ? options.Value.ServiceAccounts.Operators.Contains(subject) ? Success(subject, Caller.Operator) : Workload(subject)
            : AuthenticateResult.Fail("The bearer token is not known.");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) => AccessAnswers.UnauthorizedAsync(Context);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => AccessAnswers.ForbiddenAsync(Context);

    /// <summary><c>system:serviceaccount:NAMESPACE:NAME</c>: under the name of the retraining Jobs it may train in its own namespace.</summary>
    private AuthenticateResult Workload(string subject)
    {
        ClaimsPrincipal workload = Caller.Of(subject, Caller.Workload);
        if (options.Value.ServiceAccounts.Trainer is { Length: > 0 } trainer && subject.Split(':') is [_, _, var space, var name] && name == trainer)
        {
            ((ClaimsIdentity)workload.Identity!).AddClaim(new Claim(Caller.TrainsClaim, space));
        }

        return AuthenticateResult.Success(new AuthenticationTicket(workload, Scheme));
    }

    private static AuthenticateResult Success(string name, string role) => AuthenticateResult.Success(new AuthenticationTicket(Caller.Of(name, role), Scheme));
}
