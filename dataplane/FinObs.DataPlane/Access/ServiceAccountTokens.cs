using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Tokens;

namespace FinObs.DataPlane.Access;

/// <summary>
/// Verifies projected service-account tokens: signature by the cluster's public keys, issuer, audience, time. The keys are fetched once and then again when a token
/// names one that is not known, no more than every few seconds.
/// </summary>
internal sealed partial class ServiceAccountTokens : IDisposable
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(10);

    private readonly ServiceAccountOptions _options;
    private readonly HttpClient? _http;
    private readonly ConfigurationManager<JsonWebKeySet>? _keys;
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };
    private readonly ILogger _logger;

    public ServiceAccountTokens(IOptions<AccessOptions> options, ILogger<ServiceAccountTokens> logger)
    {
        (_options, _logger) = (options.Value.ServiceAccounts, logger);
        if (!_options.IsConfigured) return;
        _http = new HttpClient(new TokenFromFile(_options.TokenFile) { InnerHandler = Handler(_options.CaFile) }) { Timeout = FetchTimeout };
        IDocumentRetriever retriever = IsFile ? new FileDocumentRetriever() : new HttpDocumentRetriever(_http) { RequireHttps = false };
        _keys = new ConfigurationManager<JsonWebKeySet>(_options.Jwks!, new KeySetReader(), retriever) { RefreshInterval = RefreshInterval };
    }

    private bool IsFile => !_options.Jwks!.Contains("://", StringComparison.Ordinal);

    /// <summary>The token's subject, <c>system:serviceaccount:NAMESPACE:NAME</c>; null where it is not good.</summary>
    public async Task<string?> SubjectAsync(string token, CancellationToken cancellationToken)
    {
        if (_keys is null || !_handler.CanReadToken(token)) return null;
        try
        {
            TokenValidationResult result = await ValidateAsync(token, cancellationToken);
            if (!result.IsValid && result.Exception is SecurityTokenSignatureKeyNotFoundException)
            {
                // The cluster has a new key: known after one more fetch.
                _keys.RequestRefresh();
                result = await ValidateAsync(token, cancellationToken);
            }

            if (!result.IsValid) LogRefused(_logger, result.Exception?.GetType().Name ?? "invalid");
            return result.IsValid ? result.ClaimsIdentity.FindFirst("sub")?.Value : null;
        }
        catch (InvalidOperationException e)
        {
            // ConfigurationManager's way to say that the keys could not be fetched.
            LogNoKeys(_logger, _options.Jwks!, e.InnerException?.Message ?? e.Message);
            return null;
        }
    }

    /// <summary>The public keys, for scoring pods: they may reach this host, but not the API server.</summary>
    public async Task<JsonWebKeySet?> KeysAsync(CancellationToken cancellationToken) => _keys is null ? null : await _keys.GetConfigurationAsync(cancellationToken);

    public void Dispose() => _http?.Dispose();

    private async Task<TokenValidationResult> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        JsonWebKeySet keys = await _keys!.GetConfigurationAsync(cancellationToken);
        return await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = _options.Issuer,
            ValidAudience = _options.Audience,
            IssuerSigningKeys = keys.GetSigningKeys(),
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512],
            RequireExpirationTime = true,
            RequireSignedTokens = true,
        });
    }

    private static SocketsHttpHandler Handler(string? caFile)
    {
        SocketsHttpHandler handler = new() { AllowAutoRedirect = false, UseProxy = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        if (caFile is not null)
        {
            X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPemFile(caFile);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        return handler;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A service-account token is refused: {Why}.")]
    private static partial void LogRefused(ILogger logger, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "The keys of service accounts cannot be fetched from {Jwks}: {Why}. Nobody with such a token is let in meanwhile.")]
    private static partial void LogNoKeys(ILogger logger, string jwks, string why);

    private sealed class KeySetReader : IConfigurationRetriever<JsonWebKeySet>
    {
        public async Task<JsonWebKeySet> GetConfigurationAsync(string address, IDocumentRetriever retriever, CancellationToken cancel) =>
            new(await retriever.GetDocumentAsync(address, cancel));
    }

    /// <summary>The kubelet renews a projected token in place, so it is read for each fetch: there are few.</summary>
    private sealed class TokenFromFile(string? path) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (path is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", File.ReadAllText(path).Trim());
            return base.SendAsync(request, cancellationToken);
        }
    }
}
