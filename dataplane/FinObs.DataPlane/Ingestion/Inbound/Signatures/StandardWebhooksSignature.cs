using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace FinObs.DataPlane.Ingestion.Inbound.Signatures;

/// <summary>
/// <c>webhook-id</c>, <c>webhook-timestamp</c>, <c>webhook-signature</c> (standard-webhooks/spec): signed is <c>id.timestamp.body</c>, by <c>v1</c> (HMAC-SHA256 under <c>whsec_…</c>) or
/// <c>v1a</c> (Ed25519, public key <c>whpk_…</c>). Headers may also be named <c>svix-…</c>, as before the standard.
/// </summary>
internal sealed class StandardWebhooksSignature(SharedSecrets secrets, TimeSpan tolerance, TimeProvider time) : IInboundSignature
{
    private const string SecretPrefix = "whsec_";
    private const string PublicPrefix = "whpk_";

    public ValueTask<string?> ProblemAsync(IHeaderDictionary headers, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Problem(headers, body.Span));

    private string? Problem(IHeaderDictionary headers, ReadOnlySpan<byte> body)
    {
        string id = Of(headers, "id"), timestamp = Of(headers, "timestamp"), given = Of(headers, "signature");
        if (id.Length == 0 || given.Length == 0 || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) || seconds > uint.MaxValue)
        {
            return "The headers webhook-id, webhook-timestamp (Unix seconds) and webhook-signature are not all there: sign as of standardwebhooks.com.";
        }

        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        string[] signatures = given.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return secrets.Now().Any(secret => Array.Exists(signatures, signature => Fits(secret, signature, signed)))
            ? SignatureRules.TimeProblem(DateTimeOffset.FromUnixTimeSeconds(seconds), time.GetUtcNow(), tolerance)
            : SignatureRules.Wrong;
    }

    private static string Of(IHeaderDictionary headers, string name) =>
        headers.TryGetValue("webhook-" + name, out var value) || headers.TryGetValue("svix-" + name, out value) ? value.ToString() : "";

    private static bool Fits(string secret, string signature, byte[] signed)
    {
        if (secret.StartsWith(PublicPrefix, StringComparison.Ordinal))
        {
            return signature.StartsWith("v1a,", StringComparison.Ordinal) && TryBase64(signature[4..], out byte[] mark) && TryBase64(secret[PublicPrefix.Length..], out byte[] key)
                && PublicKey.TryImport(SignatureAlgorithm.Ed25519, key, KeyBlobFormat.RawPublicKey, out PublicKey? publicKey) && publicKey is not null
                && SignatureAlgorithm.Ed25519.Verify(publicKey, signed, mark);
        }

        string text = secret.StartsWith(SecretPrefix, StringComparison.Ordinal) ? secret[SecretPrefix.Length..] : secret;
        return signature.StartsWith("v1,", StringComparison.Ordinal) && TryBase64(signature[3..], out byte[] given) && TryBase64(text, out byte[] bytes)
            && CryptographicOperations.FixedTimeEquals(given, HMACSHA256.HashData(bytes, signed));
    }

    private static bool TryBase64(string text, out byte[] bytes)
    {
        bytes = [];
        if (!Base64.IsValid(text))
        {
            return false;
        }

        bytes = Convert.FromBase64String(text);
        return true;
    }
}
