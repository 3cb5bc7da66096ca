using System.Collections.Concurrent;
using System.Globalization;
using FinObs.DataPlane.Access.Keys;
using FinObs.DataPlane.Access.Oidc;
using FinObs.DataPlane.Access.Sessions;
using FinObs.DataPlane.Access.Users;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Access.Guarding;

/// <summary>
/// A stream stays open for hours, and was allowed when it was opened. Each second whoever has one open is looked up again: it is cut off where the person's access was changed, or the key revoked.
/// Who may still come opens it again.
/// </summary>
internal sealed partial class OpenRequests(IServiceProvider services, TimeProvider time, ILogger<OpenRequests> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<OpenRequest, byte> _open = new();

    public async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        if (context.User.Identity is not { IsAuthenticated: true, AuthenticationType: OidcBearer.Scheme or SessionCookie.Scheme or ApiKeyAuthentication.Scheme })
        {
            await next(context);
            return;
        }

        OpenRequest open = new(context, time.GetTimestamp());
        _open.TryAdd(open, 0);
        try
        {
            await next(context);
        }
        finally
        {
            _open.TryRemove(open, out _);
            open.End();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogFailed(logger, exception);
            }
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        OpenRequest[] old = [.. _open.Keys.Where(open => time.GetElapsedTime(open.Since) >= Period)];
        if (old.Length == 0) return;
        await using FinObsDbContext db = services.GetRequiredService<IDatabase>().CreateContext();
        Guid[] people = [.. old.Select(open => open.User).OfType<Guid>().Distinct()];
        Guid[] keys = [.. old.Select(open => open.Key).OfType<Guid>().Distinct()];
        DateTimeOffset now = time.GetUtcNow();
        Dictionary<Guid, long> active = people.Length == 0 ? [] : await db.Users.Where(row => EF.Parameter(people).Contains(row.Id) && row.IsActive)
            .Select(row => new { row.Id, row.Version }).ToDictionaryAsync(row => row.Id, row => row.Version, cancellationToken);
        HashSet<Guid> valid = keys.Length == 0 ? [] : [.. await db.ApiKeys.Where(row => EF.Parameter(keys).Contains(row.Id) && row.RevokedAt == null && row.ExpiresAt > now)
            .Select(row => row.Id).ToListAsync(cancellationToken)];
        foreach (OpenRequest open in old)
        {
            bool goesOn = open.User is { } user ? active.TryGetValue(user, out long version) && version == open.Version : open.Key is not { } key || valid.Contains(key);
            if (!goesOn) open.Cut();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Whether those who have a stream open may still be here could not be looked up; it is tried again in a second.")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    /// <summary>The server uses a context again for the next request of the connection: what has ended is not cut off.</summary>
    private sealed class OpenRequest(HttpContext context, long since)
    {
        private readonly Lock _gate = new();
        private HttpContext? _context = context;

        public long Since { get; } = since;

        public Guid? User { get; } = Caller.UserOf(context.User);

        public long Version { get; } = long.TryParse(context.User.FindFirst(Caller.VersionClaim)?.Value, CultureInfo.InvariantCulture, out long version) ? version : 0;

        public Guid? Key { get; } = context.User.Identity?.Name is { } name && Guid.TryParseExact(name.AsSpan(name.IndexOf(':', StringComparison.Ordinal) + 1), "D", out Guid id)
            && name.StartsWith("key:", StringComparison.Ordinal) ? id : null;

        public void End()
        {
            lock (_gate) _context = null;
        }

        public void Cut()
        {
            lock (_gate) _context?.Abort();
        }
    }
}
