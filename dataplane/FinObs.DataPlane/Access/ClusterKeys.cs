using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace FinObs.DataPlane.Access;

/// <summary>
/// The public keys that the cluster signs service accounts' tokens with, as its issuer publishes them (JWKS). The last that could be had count while the issuer
/// is away: a token that they verify runs out by itself.
/// </summary>
internal sealed partial class ClusterKeys(IOptions<AccessOptions> options, TimeProvider time, ILogger<ClusterKeys> logger) : IDisposable
{
    /// <summary>A key that the issuer has taken back counts no longer than this, while it answers.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);

    /// <summary>However many tokens name a key that nobody knows, the issuer is asked no more often than this.</summary>
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(10);

    /// <summary>After a failure.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(5);
    private const int MaxAnswerBytes = 1 << 20;

    private readonly ServiceAccountOptions _options = options.Value.ServiceAccounts;
    private readonly SemaphoreSlim _fetching = new(1);
    private volatile Fetched? _last;
    private long? _failedAt;

    public bool IsConfigured => _options.IsConfigured;

    /// <summary>Keys fetched no longer ago than that, if the issuer answers, and else the last ones; null where there have never been any.</summary>
    public async Task<JsonWebKeySet?> GetAsync(TimeSpan maxAge, CancellationToken cancellationToken)
    {
        if (!IsConfigured || IsYoungerThan(maxAge)) return _last?.Keys;

        // Whoever has keys that are merely old does not stand in line for new ones.
        bool mustWait = _last is null || maxAge < Fresh;
        if (!await _fetching.WaitAsync(mustWait ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, cancellationToken)) return _last?.Keys;
        try
        {
            if (!IsYoungerThan(maxAge) && (_failedAt is not { } failed || time.GetElapsedTime(failed) >= RetryInterval)) await FetchAsync();
            return _last?.Keys;
        }
        finally
        {
            _fetching.Release();
        }
    }

    public void Dispose() => _fetching.Dispose();

    private bool IsYoungerThan(TimeSpan age) => _last is { } last && time.GetElapsedTime(last.At) < age;

    /// <summary>To its end, whatever becomes of the request that asked first: others wait for it too.</summary>
    private async Task FetchAsync()
    {
        try
        {
            using CancellationTokenSource timeout = new(FetchTimeout);
            JsonWebKeySet keys = new(await ReadAsync(timeout.Token));
            if (keys.Keys.Count == 0) throw new InvalidDataException("the answer holds no key");
            _last = new Fetched(keys, time.GetTimestamp());
            _failedAt = null;
        }
        catch (Exception e)
        {
            _failedAt = time.GetTimestamp();
            LogFailed(logger, _options.Jwks!, e is OperationCanceledException ? "no answer in time" : e.Message, _last is null ? "Nobody is let in by such a token meanwhile." : "The last ones count.");
        }
    }

    /// <summary>Anew each time, with token and authority as they are now: the kubelet renews both in place, and this happens seldom.</summary>
    private async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        if (!_options.Jwks!.Contains("://", StringComparison.Ordinal)) return await File.ReadAllTextAsync(_options.Jwks, cancellationToken);

        using SocketsHttpHandler handler = new() { AllowAutoRedirect = false, UseProxy = false };
        if (!string.IsNullOrEmpty(_options.CaFile)) handler.SslOptions.CertificateChainPolicy = Trust(_options.CaFile);
        using HttpClient http = new(handler) { MaxResponseContentBufferSize = MaxAnswerBytes };
        if (!string.IsNullOrEmpty(_options.TokenFile))
        {
            string token = SecretFile.FirstLine(_options.TokenFile) ?? throw new InvalidDataException("the file of Access:ServiceAccounts:TokenFile is missing or empty");
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return await http.GetStringAsync(new Uri(_options.Jwks), cancellationToken);
    }

    private static X509ChainPolicy Trust(string caFile)
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(caFile);
        return policy;
    }

    [LoggerMessage(LogLevel.Error, "The keys of service accounts cannot be fetched from {Jwks}: {Why}. {Consequence}")]
    private static partial void LogFailed(ILogger logger, string jwks, string why, string consequence);

    private sealed record Fetched(JsonWebKeySet Keys, long At);
}
