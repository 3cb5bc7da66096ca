using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace FinObs.DataPlane.Callbacks.Signing;

/// <summary>
/// What is signed and how (standard-webhooks/spec, "Signature scheme"), for what we send and for what is sent to us: <c>v1</c> is HMAC-SHA256 under <c>whsec_…</c>, <c>v1a</c> is Ed25519 under <c>whsk_…</c>, whose
/// public key is <c>whpk_…</c>.
/// </summary>
internal static class StandardWebhooks
{
    public const string SymmetricPrefix = "whsec_";
    public const string PrivatePrefix = "whsk_";
    public const string PublicPrefix = "whpk_";

    private const string Symmetric = "v1,";
    private const string Asymmetric = "v1a,";

    /// <summary><c>id.timestamp.body</c>, byte for byte.</summary>
    public static byte[] Content(string id, string timestamp, ReadOnlySpan<byte> body)
    {
        int head = Encoding.UTF8.GetByteCount(id) + Encoding.UTF8.GetByteCount(timestamp) + 2;
        byte[] content = new byte[head + body.Length];
        Encoding.UTF8.GetBytes($"{id}.{timestamp}.", content);
        body.CopyTo(content.AsSpan(head));
        return content;
    }

    public static string Sign(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> content) => Symmetric + Convert.ToBase64String(HMACSHA256.HashData(secret, content));

    public static string Sign(Key key, ReadOnlySpan<byte> content) => Asymmetric + Convert.ToBase64String(SignatureAlgorithm.Ed25519.Sign(key, content));

    /// <summary>Whether one signature is this content's.</summary>
    /// <param name="secret"><c>whpk_…</c> for <c>v1a</c>; else <c>whsec_…</c>, or the bare base64, for <c>v1</c>.</param>
    /// <param name="signature">With its version.</param>
    /// <param name="content">See <see cref="Content"/>.</param>
    public static bool Verify(string secret, string signature, ReadOnlySpan<byte> content)
    {
        if (secret.StartsWith(PublicPrefix, StringComparison.Ordinal))
        {
            return signature.StartsWith(Asymmetric, StringComparison.Ordinal) && Decode(signature[Asymmetric.Length..]) is { } mark && Decode(secret[PublicPrefix.Length..]) is { } key
                && PublicKey.TryImport(SignatureAlgorithm.Ed25519, key, KeyBlobFormat.RawPublicKey, out PublicKey? publicKey) && publicKey is not null
                && SignatureAlgorithm.Ed25519.Verify(publicKey, content, mark);
        }

        string text = secret.StartsWith(SymmetricPrefix, StringComparison.Ordinal) ? secret[SymmetricPrefix.Length..] : secret;
        return signature.StartsWith(Symmetric, StringComparison.Ordinal) && Decode(signature[Symmetric.Length..]) is { } given && Decode(text) is { } bytes
            && CryptographicOperations.FixedTimeEquals(given, HMACSHA256.HashData(bytes, content));
    }

    /// <summary>Null where it is no base64.</summary>
    public static byte[]? Decode(string text) => Base64.IsValid(text) ? Convert.FromBase64String(text) : null;
}
