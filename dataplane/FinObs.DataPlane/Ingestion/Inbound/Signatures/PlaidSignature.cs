using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FinObs.DataPlane.Ingestion.Inbound.Signatures;

/// <summary>
/// <c>Plaid-Verification</c>: a JWT by ES256 whose <c>request_body_sha256</c> is the body's and whose <c>iat</c> is of now (plaid.com/docs/api/webhooks/webhook-verification).
/// </summary>
internal sealed partial class PlaidSignature(PlaidKeys keys, TimeSpan tolerance, TimeProvider time, ILogger logger) : IInboundSignature
{
    public const string Header = "Plaid-Verification";

    private const string BodyClaim = "request_body_sha256";
    private const string Unasked = "Plaid's key for this request cannot be fetched now: send it again.";

    private static readonly JsonWebTokenHandler Tokens = new() { MapInboundClaims = false };

    public async ValueTask<string?> ProblemAsync(IHeaderDictionary headers, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        string header = headers[Header].ToString();
        if (!Tokens.CanReadToken(header) || Tokens.ReadJsonWebToken(header) is not { Alg: SecurityAlgorithms.EcdsaSha256, Kid.Length: > 0 } token)
        {
            return $"There is no {Header} with a token by ES256: this source is for Plaid's own requests.";
        }

        JsonWebKey? key;
        try
        {
            key = await keys.FindAsync(token.Kid, cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or System.Text.Json.JsonException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            NotFetched(logger, exception);
            return Unasked;
        }

        if (key is null)
        {
            return Unasked;
        }

        TokenValidationResult result = await Tokens.ValidateTokenAsync(header, new TokenValidationParameters
        {
            IssuerSigningKey = key,
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidateIssuer = false,
            ValidateAudience = false,
            ValidateLifetime = false,
            RequireExpirationTime = false,
        });
        return !result.IsValid || !IsOf(token, body.Span) ? SignatureRules.Wrong : SignatureRules.TimeProblem(new DateTimeOffset(token.IssuedAt, TimeSpan.Zero), time.GetUtcNow(), tolerance);
    }

    private static bool IsOf(JsonWebToken token, ReadOnlySpan<byte> body) =>
        token.TryGetPayloadValue(BodyClaim, out string? claimed) && CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(claimed ?? ""), Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(body))));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Plaid's verification key could not be fetched.")]
    private static partial void NotFetched(ILogger logger, Exception exception);
}
