using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Access;

/// <summary>Where no access is configured the host answers on loopback only, and whoever asks is the developer at this machine: an admin who may also read and write what admins otherwise may not.</summary>
internal sealed class LocalAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> schemeOptions, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(schemeOptions, loggers, encoder)
{
    public new const string Scheme = "Local";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
        Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(Caller.Of(Caller.Local, [Roles.Admin], Permissions.All, Scheme), Scheme)));
}
