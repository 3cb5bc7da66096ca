using System.Globalization;
using System.Security.Claims;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Access.Sessions;
using FinObs.DataPlane.Dashboard;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FinObs.DataPlane.Tests.Dashboard;

/// <summary>A page that stays open is over when its session is.</summary>
public sealed class DashboardCallerTests
{
    [Fact]
    public async Task A_connection_that_outlives_its_session_is_nobodys()
    {
        FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
        ClaimsIdentity identity = new([new Claim(SessionCookie.SinceClaim, time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)), new Claim(ClaimTypes.Name, "somebody"), new Claim(Caller.UserClaim, Guid.Empty.ToString("D"))], SessionCookie.Scheme);
        DashboardCaller caller = new(new States(new ClaimsPrincipal(identity)), null!, Options.Create(new AccessOptions { Session = new SessionOptions { MaxLifetime = TimeSpan.FromHours(12) } }), time);

        Viewer first = await caller.NowAsync(TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromHours(12));
        Viewer later = await caller.NowAsync(TestContext.Current.CancellationToken);

        Assert.False(first.IsEnded);
        Assert.True(later.IsEnded);
        Assert.False(later.May(Permissions.TransactionRead));
    }

    private sealed class States(ClaimsPrincipal principal) : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(principal));
    }
}
