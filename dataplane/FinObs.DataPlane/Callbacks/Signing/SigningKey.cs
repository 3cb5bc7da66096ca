using System.Globalization;
using System.Security.Cryptography;
using FinObs.Contracts.Resources.CallbackTargets;
using NSec.Cryptography;

namespace FinObs.DataPlane.Callbacks.Signing;

/// <summary>A key of <see cref="StandardWebhooks"/> that we sign with.</summary>
internal sealed class SigningKey : IDisposable
{
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
    public string? PublicKey => _private is null ? null : StandardWebhooks.PublicPrefix + Convert.ToBase64String(_private.PublicKey.Export(KeyBlobFormat.RawPublicKey));

    /// <summary>The key, or a sentence that says what is wrong with it and never what it is.</summary>
    public static (SigningKey? Key, string? Problem) Parse(string? text, SigningScheme scheme)
    {
        text = text?.Trim();
        return scheme == SigningScheme.HmacSha256 ? Symmetric(text) : Asymmetric(text);
    }

    /// <summary>The same where the scheme may have been another one: by the key's own form.</summary>
    public static SigningKey? ParseAny(string? text) =>
        Parse(text, text?.TrimStart().StartsWith(StandardWebhooks.PrivatePrefix, StringComparison.Ordinal) == true ? SigningScheme.Ed25519 : SigningScheme.HmacSha256).Key;

    /// <summary>One signature as it stands in <c>webhook-signature</c>.</summary>
    public string Sign(string messageId, long timestamp, ReadOnlySpan<byte> body)
    {
        byte[] content = StandardWebhooks.Content(messageId, timestamp.ToString(CultureInfo.InvariantCulture), body);
        return _private is { } key ? StandardWebhooks.Sign(key, content) : StandardWebhooks.Sign(_secret!, content);
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
        if (text is null || !text.StartsWith(StandardWebhooks.SymmetricPrefix, StringComparison.Ordinal) || StandardWebhooks.Decode(text[StandardWebhooks.SymmetricPrefix.Length..]) is not { } secret)
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
        if (text is null || !text.StartsWith(StandardWebhooks.PrivatePrefix, StringComparison.Ordinal) || StandardWebhooks.Decode(text[StandardWebhooks.PrivatePrefix.Length..]) is not { Length: SeedSize or 2 * SeedSize } bytes)
        {
            return (null, "a key for Ed25519 has the form whsk_ and base64 of 32 or 64 bytes");
        }

        Key key = Key.Import(SignatureAlgorithm.Ed25519, bytes.AsSpan(0, SeedSize), KeyBlobFormat.RawPrivateKey);
        bool isOwn = bytes.Length == SeedSize || key.PublicKey.Export(KeyBlobFormat.RawPublicKey).AsSpan().SequenceEqual(bytes.AsSpan(SeedSize));
        CryptographicOperations.ZeroMemory(bytes);
        return isOwn ? (new SigningKey(text, null, key), null) : (null, "the second half of the key for Ed25519 is not the public key of the first");
    }
}
