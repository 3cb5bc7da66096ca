using System.Globalization;
using FinObs.DataPlane.Callbacks.Signing;

namespace FinObs.DataPlane.Ingestion.Inbound.Signatures;

/// <summary>
/// <c>webhook-id</c>, <c>webhook-timestamp</c>, <c>webhook-signature</c> (standard-webhooks/spec): signed is <c>id.timestamp.body</c>, by <c>v1</c> (HMAC-SHA256 under <c>whsec_…</c>) or
/// <c>v1a</c> (Ed25519, public key <c>whpk_…</c>). Headers may also be named <c>svix-…</c>, as before the standard.
/// </summary>
internal sealed class StandardWebhooksSignature(SharedSecrets secrets, TimeSpan tolerance, TimeProvider time) : IInboundSignature
{
    public ValueTask<string?> ProblemAsync(IHeaderDictionary headers, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Problem(headers, body.Span));

    private string? Problem(IHeaderDictionary headers, ReadOnlySpan<byte> body)
    {
        string id = Of(headers, "id"), timestamp = Of(headers, "timestamp"), given = Of(headers, "signature");
        if (id.Length == 0 || given.Length == 0 || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) || seconds > uint.MaxValue)
        {
            return "The headers webhook-id, webhook-timestamp (Unix seconds) and webhook-signature are not all there: sign as of standardwebhooks.com.";
        }

        byte[] signed = StandardWebhooks.Content(id, timestamp, body);
        string[] signatures = given.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return secrets.Now().Any(secret => Array.Exists(signatures, signature => StandardWebhooks.Verify(secret, signature, signed)))
            ? SignatureRules.TimeProblem(DateTimeOffset.FromUnixTimeSeconds(seconds), time.GetUtcNow(), tolerance)
            : SignatureRules.Wrong;
    }

    private static string Of(IHeaderDictionary headers, string name) =>
        headers.TryGetValue("webhook-" + name, out var value) || headers.TryGetValue("svix-" + name, out value) ? value.ToString() : "";
}
