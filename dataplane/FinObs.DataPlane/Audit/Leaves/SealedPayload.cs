using System.Security.Cryptography;

namespace FinObs.DataPlane.Audit.Leaves;

/// <summary>A payload taken out of its seal, with the salt that its digest needs.</summary>
internal sealed record OpenedPayload(byte[] Salt, byte[] Payload)
{
    /// <summary>SHA-256(salt ‖ payload): what the leaf holds. The salt keeps guessable payloads from being found by trial.</summary>
    public byte[] Digest() => SHA256.HashData([.. Salt, .. Payload]);
}

/// <summary>nonce (12) ‖ AES-256-GCM(salt (32) ‖ payload as <see cref="PackedJson"/>) ‖ tag (16), bound to the leaf's id.</summary>
internal static class SealedPayload
{
    public const int SaltSize = 32;
    public const int NonceSize = 12;
    public const int TagSize = 16;

    public static byte[] Seal(AesGcm cipher, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> saltAndPacked, Guid leafId)
    {
        var size = saltAndPacked.Length;
        var result = new byte[NonceSize + size + TagSize];
        nonce.CopyTo(result);
        Span<byte> id = stackalloc byte[16];
        leafId.TryWriteBytes(id, bigEndian: true, out _);
        cipher.Encrypt(nonce, saltAndPacked, result.AsSpan(NonceSize, size), result.AsSpan(NonceSize + size), id);
        return result;
    }

    /// <summary>The payload, or null when the seal is broken: changed bytes, another leaf's seal, or another key.</summary>
    public static OpenedPayload? Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> seal, Guid leafId)
    {
        var size = seal.Length - NonceSize - TagSize;
        if (size < SaltSize) return null;
        var plain = new byte[size];
        using var cipher = new AesGcm(key, TagSize);
        try
        {
            cipher.Decrypt(seal[..NonceSize], seal.Slice(NonceSize, size), seal[(NonceSize + size)..], plain, leafId.ToByteArray(bigEndian: true));
        }
        catch (CryptographicException)
        {
            return null;
        }
        return new OpenedPayload(plain[..SaltSize], PackedJson.UnpackOrKeep(plain[SaltSize..]));
    }
}
