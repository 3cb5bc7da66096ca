using System.Security.Cryptography;
using System.Text;

namespace FinObs.DataPlane.Ingestion.Inbound.Signatures;

/// <summary><c>X-Hub-Signature-256: sha256=HEX</c>: HMAC-SHA256 of the body (docs.github.com, "Validating webhook deliveries").</summary>
internal sealed class HubSignature(SharedSecrets secrets) : IInboundSignature
{
    public const string Header = "X-Hub-Signature-256";

    public ValueTask<string?> ProblemAsync(IHeaderDictionary headers, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        string header = headers[Header].ToString();
        if (!header.StartsWith("sha256=", StringComparison.Ordinal))
        {
            return ValueTask.FromResult<string?>($"There is no {Header} of the form sha256=….");
        }

        byte[] given = Encoding.ASCII.GetBytes(header["sha256=".Length..]);
        bool fits = secrets.Now().Any(secret => CryptographicOperations.FixedTimeEquals(
            given, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body.Span)))));
        return ValueTask.FromResult(fits ? null : SignatureRules.Wrong);
    }
}
