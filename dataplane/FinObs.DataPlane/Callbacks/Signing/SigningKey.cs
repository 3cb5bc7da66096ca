using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FinObs.Contracts.Resources.CallbackTargets;
using NSec.Cryptography;

namespace FinObs.DataPlane.Callbacks.Signing;

/// <summary>
/// A key of Standard Webhooks (standard-webhooks/spec, "Signature scheme"): <c>v1</c> is HMAC-SHA256 under <c>whsec_…</c>, <c>v1a</c> is Ed25519 under <c>whsk_…</c>.
/// Signed is <c>id.timestamp.body</c>, byte for byte as it is sent.
/// </summary>
internal sealed class SigningKey : IDisposable
{
    private const string SymmetricPrefix = "whsec_";
    private const string PrivatePrefix = "whsk_";
    private const string PublicPrefix = "whpk_";
    private const int ShortestSecret = 24;
    private const int LongestSecret = 64;
    private const int SeedSize = 32;

    private readonly byte[]? _secret;
    private readonly Key? _private;

    private SigningKey(string text, byte[]? secret, Key? @private)
    {
        Text = text;
        _secret = secret;
        _private = @private;
    }

    /// <summary>As it was given; a secret.</summary>
    public string Text { get; }

    /// <summary>For receivers; null for a shared key.</summary>
    public string? PublicKey => _private is null ? null : PublicPrefix + Convert.ToBase64String(_private.PublicKey.Export(KeyBlobFormat.RawPublicKey));

    /// <summary>The key, or a sentence that says what is wrong with it and never what it is.</summary>
    public static (SigningKey? Key, string? Problem) Parse(string? text, SigningScheme scheme)
    {
        text = text?.Trim();
        return scheme == SigningScheme.HmacSha256 ? Symmetric(text) : Asymmetric(text);
    }

    /// <summary>The same where the scheme may have been another one: by the key's own form.</summary>
    public static SigningKey? ParseAny(string? text) =>
        Parse(text, text?.TrimStart().StartsWith(PrivatePrefix, StringComparison.Ordinal) == true ? SigningScheme.Ed25519 : SigningScheme.HmacSha256).Key;

    /// <summary>One signature as it stands in <c>webhook-signature</c>.</summary>
    public string Sign(string messageId, long timestamp, ReadOnlySpan<byte> body)
    {
        byte[] content = new byte[Encoding.UTF8.GetMaxByteCount(messageId.Length) + 24 + body.Length];
        int length = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{messageId}.{timestamp}."), content);
        body.CopyTo(content.AsSpan(length));
        ReadOnlySpan<byte> signed = content.AsSpan(0, length + body.Length);
        return _private is { } key
            ? $"v1a,{Convert.ToBase64String(SignatureAlgorithm.Ed25519.Sign(key, signed))}"
            : $"v1,{Convert.ToBase64String(HMACSHA256.HashData(_secret!, signed))}";
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_secret);
        _private?.Dispose();
    }

    /// <summary>Never shows the key.</summary>
    public override string ToString() => _private is null ? "whsec_(secret)" : PublicKey!;

    private static (SigningKey? Key, string? Problem) Symmetric(string? text)
    {
        if (text is null || !text.StartsWith(SymmetricPrefix, StringComparison.Ordinal) || Decode(text[SymmetricPrefix.Length..]) is not { } secret)
        {
            return (null, "a key for HmacSha256 has the form whsec_ and base64");
        }

        return secret.Length is < ShortestSecret or > LongestSecret
            ? (null, $"a key for HmacSha256 has {ShortestSecret} to {LongestSecret} bytes; this one has {secret.Length}")
            : (new SigningKey(text, secret, null), null);
    }

    /// <summary>32 bytes are the seed; 64 are the seed and the public key behind it, as libsodium and Go write it.</summary>
    private static (SigningKey? Key, string? Problem) Asymmetric(string? text)
    {
        if (text is null || !text.StartsWith(PrivatePrefix, StringComparison.Ordinal) || Decode(text[PrivatePrefix.Length..]) is not { Length: SeedSize or 2 * SeedSize } bytes)
        {
            return (null, "a key for Ed25519 has the form whsk_ and base64 of 32 or 64 bytes");
        }

        Key key = Key.Import(SignatureAlgorithm.Ed25519, bytes.AsSpan(0, SeedSize), KeyBlobFormat.RawPrivateKey);
        bool isOwn = bytes.Length == SeedSize || key.PublicKey.Export(KeyBlobFormat.RawPublicKey).AsSpan().SequenceEqual(bytes.AsSpan(SeedSize));
        CryptographicOperations.ZeroMemory(bytes);
        return isOwn ? (new SigningKey(text, null, key), null) : (null, "the second half of the key for Ed25519 is not the public key of the first");
    }

    private static byte[]? Decode(string text)
    {
        byte[] bytes = new byte[(text.Length / 4 * 3) + 3];
        return Convert.TryFromBase64String(text, bytes, out int length) ? bytes[..length] : null;
    }
}
