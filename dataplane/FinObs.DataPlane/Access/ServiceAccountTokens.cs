using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FinObs.DataPlane.Access;

/// <summary>Verifies projected service-account tokens: signature by the cluster's public keys, issuer, audience, time.</summary>
internal sealed partial class ServiceAccountTokens(IOptions<AccessOptions> options, ClusterKeys keys, TimeProvider time, ILogger<ServiceAccountTokens> logger)
{
    /// <summary>What the clocks of two nodes may differ by; the API server grants as much.</summary>
    public static readonly TimeSpan ClockSkew = TokenRules.ClockSkew;

    private const string SubjectPrefix = "system:serviceaccount:";

    // Only with a private key of the issuer's: with HS256 whoever knows the public key could sign.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly ServiceAccountOptions _options = options.Value.ServiceAccounts;
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };

    /// <summary>The token's subject, <c>system:serviceaccount:NAMESPACE:NAME</c>; null where it is not good.</summary>
    public async Task<string?> SubjectAsync(string token, CancellationToken cancellationToken)
    {
        if (!_options.IsConfigured || !_handler.CanReadToken(token)) return null;
        TokenValidationResult? result = await ValidateAsync(token, ClusterKeys.Fresh, cancellationToken);
        if (result?.Exception is SecurityTokenSignatureKeyNotFoundException)
        {
            // The cluster may have a new key.
            result = await ValidateAsync(token, ClusterKeys.RefreshInterval, cancellationToken);
        }

        if (result is null) return null;
        if (result.IsValid && result.SecurityToken is JsonWebToken { Subject: { } subject } && subject.StartsWith(SubjectPrefix, StringComparison.Ordinal)) return subject;
        LogRefused(logger, result.Exception?.GetType().Name ?? "its subject is no service account");
        return null;
    }

    /// <summary>Null where there are no keys to verify with.</summary>
    private async Task<TokenValidationResult?> ValidateAsync(string token, TimeSpan maxAge, CancellationToken cancellationToken) =>
        await keys.GetAsync(maxAge, cancellationToken) is not { } known ? null : await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = _options.Issuer,
            ValidAudience = _options.Audience,
            IssuerSigningKeys = known.GetSigningKeys(),
            // A cluster's token names its key; who names another is not to have all of them tried.
            TryAllIssuerSigningKeys = false,
            ValidAlgorithms = Algorithms,
            RequireSignedTokens = true,
            LifetimeValidator = (notBefore, expires, _, _) => TokenRules.IsValidAt(time.GetUtcNow(), notBefore, expires),
        });

    [LoggerMessage(LogLevel.Information, "A service-account token is refused: {Why}.")]
    private static partial void LogRefused(ILogger logger, string why);
}
