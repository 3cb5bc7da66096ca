using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FinObs.DataPlane.Ingestion.Inbound.Signatures;

/// <summary>
/// <c>Stripe-Signature: t=TIME,v1=HEX[,v1=HEX]</c>: HMAC-SHA256 of <c>TIME.body</c> (docs.stripe.com/webhooks, "Verify webhook signatures manually"). Other schemes than v1 are
/// read over, so that nobody can choose a weaker one.
/// </summary>
internal sealed class StripeSignature(SharedSecrets secrets, TimeSpan tolerance, TimeProvider time) : IInboundSignature
{
    public const string Header = "Stripe-Signature";

    public ValueTask<string?> ProblemAsync(IHeaderDictionary headers, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Problem(headers[Header].ToString(), body.Span));

    private string? Problem(string header, ReadOnlySpan<byte> body)
    {
        string? timestamp = null;
        List<byte[]> signatures = [];
        foreach (string part in header.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.StartsWith("t=", StringComparison.Ordinal))
            {
                timestamp = part[2..];
            }
            else if (part.StartsWith("v1=", StringComparison.Ordinal) && TryHex(part.AsSpan(3), out byte[] signature))
            {
                signatures.Add(signature);
            }
        }

        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) || seconds > uint.MaxValue || signatures.Count == 0)
        {
            return $"There is no {Header} of the form t=…,v1=…: this source is for Stripe's own requests.";
        }

        byte[] signed = [.. Encoding.ASCII.GetBytes(timestamp + "."), .. body];
        bool fits = secrets.Now().Any(secret =>
        {
            byte[] expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed);
            return signatures.Exists(signature => CryptographicOperations.FixedTimeEquals(signature, expected));
        });
        return fits ? SignatureRules.TimeProblem(DateTimeOffset.FromUnixTimeSeconds(seconds), time.GetUtcNow(), tolerance) : SignatureRules.Wrong;
    }

    private static bool TryHex(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = new byte[SHA256.HashSizeInBytes];
        return text.Length == 2 * bytes.Length && Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done;
    }
}
