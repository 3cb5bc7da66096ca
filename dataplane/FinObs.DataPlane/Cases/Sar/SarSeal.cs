using System.Security.Cryptography;
using FinObs.DataPlane.Audit;

namespace FinObs.DataPlane.Cases.Sar;

/// <summary>Seals reports under a key of their own, derived from the audit log's master key; each seal is bound to the id of its row.</summary>
internal sealed class SarSeal(AuditKeyring keyring)
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly byte[] _key = keyring.Derive("finobs/sar/v1"u8);

    public byte[] Seal(Guid id, ReadOnlySpan<byte> plain)
    {
        byte[] bytes = new byte[NonceSize + plain.Length + TagSize];
        RandomNumberGenerator.Fill(bytes.AsSpan(0, NonceSize));
        using AesGcm cipher = new(_key, TagSize);
        cipher.Encrypt(bytes.AsSpan(0, NonceSize), plain, bytes.AsSpan(NonceSize, plain.Length), bytes.AsSpan(NonceSize + plain.Length), id.ToByteArray(bigEndian: true));
        return bytes;
    }

    /// <exception cref="CryptographicException">The bytes are not what was sealed for this row under this master key.</exception>
    public byte[] Open(Guid id, ReadOnlySpan<byte> bytes)
    {
        byte[] plain = new byte[bytes.Length - NonceSize - TagSize];
        using AesGcm cipher = new(_key, TagSize);
        cipher.Decrypt(bytes[..NonceSize], bytes.Slice(NonceSize, plain.Length), bytes[^TagSize..], plain, id.ToByteArray(bigEndian: true));
        return plain;
    }
}
