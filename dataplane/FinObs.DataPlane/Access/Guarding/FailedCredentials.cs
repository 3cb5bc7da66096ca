using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;

namespace FinObs.DataPlane.Access.Guarding;

/// <summary>
/// Whoever shows one wrong credential after the other is not listened to for the rest of the minute: no more are even looked at from that address, right or wrong. Callers whose credential was good
/// in the last hour go on all the same: nobody locks them out by failing beside them. Signed tokens are not counted: nobody guesses one, and honest machines show one that has run out.
/// </summary>
internal sealed partial class FailedCredentials(IOptions<AccessOptions> access, TimeProvider time, ILogger<FailedCredentials> logger)
{
    private static readonly JsonWebTokenHandler Tokens = new();

    private const int MostKnown = 10_000;

    private static readonly TimeSpan KnownFor = TimeSpan.FromHours(1);

    private readonly byte[] _salt = RandomNumberGenerator.GetBytes(32);
    private readonly MinuteCounter _failures = new(time);
    private readonly ConcurrentDictionary<string, long> _known = new(StringComparer.Ordinal);

    /// <summary>Before authentication: 429 to whoever has failed too often.</summary>
    public async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        string? shown = CredentialShown.Of(context.Request);
        string address = context.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        int most = access.Value.FailedCredentialsPerMinute;
        if (shown is not null && most > 0 && _failures.CountOf(address) >= most && !IsKnown(shown) && !Tokens.CanReadToken(shown))
        {
            context.Response.Headers.RetryAfter = _failures.SecondsLeft().ToString(CultureInfo.InvariantCulture);
            await TypedResults.Problem(
                "Too many credentials from this address were wrong: wait as long as Retry-After says, and compare the one that you send with the one that you were given.",
                statusCode: StatusCodes.Status429TooManyRequests).ExecuteAsync(context);
            return;
        }

        await next(context);
    }

    /// <summary>After authentication: remembers what came of it.</summary>
    public Task NoteAsync(HttpContext context, RequestDelegate next)
    {
        if (CredentialShown.Of(context.Request) is not { } shown) return next(context);
        if (context.User.Identity is { IsAuthenticated: true })
        {
            Know(shown);
        }
        else if (!Tokens.CanReadToken(shown))
        {
            string address = context.Connection.RemoteIpAddress?.ToString() ?? "unknown";
            if (_failures.Add(address) == access.Value.FailedCredentialsPerMinute) LogLocked(logger, address);
        }

        return next(context);
    }

    private bool IsKnown(string shown) => _known.TryGetValue(Hash(shown), out long at) && time.GetElapsedTime(at) < KnownFor;

    private void Know(string shown)
    {
        if (_known.Count >= MostKnown) _known.Clear();
        _known[Hash(shown)] = time.GetTimestamp();
    }

    /// <summary>Under a salt of this process: nothing that could be looked up is kept.</summary>
    private string Hash(string shown) => Convert.ToHexString(HMACSHA256.HashData(_salt, Encoding.UTF8.GetBytes(shown)));

    [LoggerMessage(LogLevel.Warning, "{Address} has shown too many wrong credentials: it is not listened to for the rest of the minute, but for callers who are known.")]
    private static partial void LogLocked(ILogger logger, string address);
}
