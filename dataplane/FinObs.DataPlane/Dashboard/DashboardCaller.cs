using System.Globalization;
using System.Security.Claims;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Access.Oidc;
using FinObs.DataPlane.Access.Sessions;
using FinObs.DataPlane.Access.Users;
using FinObs.DataPlane.Approvals;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Dashboard;

/// <summary>Whoever looks at a page.</summary>
internal sealed record Viewer(ClaimsPrincipal Principal)
{
    public static readonly Viewer Nobody = new(new ClaimsPrincipal(new ClaimsIdentity()));

    /// <summary>Whose session has lasted as long as one may.</summary>
    public static readonly Viewer Ended = new(Nobody.Principal) { IsEnded = true };

    public bool IsEnded { get; private init; }

    /// <summary>As the audit log names them.</summary>
    public string Name => Principal.Identity is { IsAuthenticated: true, Name: { } name } ? name : Caller.Local;

    public IReadOnlyList<string> Roles => Caller.RolesOf(Principal);

    /// <summary>No access is configured: this is whoever sits at the machine.</summary>
    public bool IsLocal => Name == Caller.Local;

    public bool HasSession => Principal.Identity?.AuthenticationType == SessionCookie.Scheme;

    public bool May(string permission) => Caller.Has(Principal, permission);

    public Voter AsVoter() => new(Name, Roles);
}

/// <summary>
/// Who looks, and what they may now. A page lives for hours on one connection, which was let in when it was opened: so a person is looked up again, as they are for each request to the API.
/// </summary>
internal sealed class DashboardCaller(AuthenticationStateProvider states, UserDirectory users, IOptions<AccessOptions> access, TimeProvider time)
{
    /// <summary>What was looked up counts for so long: a page asks several times while it is shown.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private Viewer? _viewer;
    private long _lookedUp;
    private DateTimeOffset? _ends;

    public async ValueTask<Viewer> NowAsync(CancellationToken cancellationToken)
    {
        if (_viewer is { } known && (Caller.UserOf(known.Principal) is null || time.GetElapsedTime(_lookedUp) < Fresh))
        {
            return known;
        }

        ClaimsPrincipal principal = (await states.GetAuthenticationStateAsync()).User;
        _ends ??= EndOf(principal);
        if (_ends <= time.GetUtcNow())
        {
            return Viewer.Ended;
        }

        // The first time it is whom the request showed, which was looked up for it a moment ago.
        if (_viewer is not null && Caller.UserOf(principal) is { } id)
        {
            UserRow? row = await users.FindAsync(id, cancellationToken);
            principal = row is { IsActive: true } ? OidcBearer.PrincipalOf(row, access.Value.Oidc, SessionCookie.Scheme) : Viewer.Nobody.Principal;
            if (row is not { IsActive: true })
            {
                return Viewer.Nobody;
            }
        }

        _lookedUp = time.GetTimestamp();
        return _viewer = new Viewer(principal);
    }

    /// <summary>A connection outlives the requests that a session is checked with; null = there is no session.</summary>
    private DateTimeOffset? EndOf(ClaimsPrincipal principal) =>
        long.TryParse(principal.FindFirst(SessionCookie.SinceClaim)?.Value, CultureInfo.InvariantCulture, out long since) ? DateTimeOffset.FromUnixTimeSeconds(since) + access.Value.Session.MaxLifetime : null;

    /// <summary>Looked up now, whatever was known: before an act.</summary>
    public ValueTask<Viewer> AgainAsync(CancellationToken cancellationToken)
    {
        _lookedUp = time.GetTimestamp() - (2 * (long)(Fresh.TotalSeconds * time.TimestampFrequency));
        return NowAsync(cancellationToken);
    }
}
