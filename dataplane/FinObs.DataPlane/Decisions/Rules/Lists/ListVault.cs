using System.Security.Cryptography;
using System.Text;
using FinObs.DataPlane.Audit;

namespace FinObs.DataPlane.Decisions.Rules.Lists;

/// <summary>Values of lists at rest: AES-256-GCM under a key derived from the host's master key, bound to their place, so that no value can be moved to another list.</summary>
internal sealed class ListVault(AuditKeyring keyring) : IDisposable
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly AesGcm _cipher = new(keyring.Derive("finobs/rules/lists/v1"u8), TagSize);
    private readonly Lock _gate = new();

    /// <summary>The same for the same value on the same list.</summary>
    public string Token(string @namespace, string list, string value) => keyring.Token(@namespace, $"list\0{list}\0{value}");

    public byte[] Seal(string @namespace, string list, Guid id, string value)
    {
        byte[] plain = Encoding.UTF8.GetBytes(value);
        byte[] all = new byte[NonceSize + plain.Length + TagSize];
        RandomNumberGenerator.Fill(all.AsSpan(0, NonceSize));
        lock (_gate)
        {
            _cipher.Encrypt(all.AsSpan(0, NonceSize), plain, all.AsSpan(NonceSize, plain.Length), all.AsSpan(NonceSize + plain.Length), Place(@namespace, list, id));
        }

        return all;
    }

    /// <exception cref="CryptographicException">Sealed under another master key, changed, or moved here from elsewhere.</exception>
    public string Open(ListEntryRow row)
    {
        ReadOnlySpan<byte> bytes = row.Sealed;
        byte[] plain = new byte[Math.Max(0, bytes.Length - NonceSize - TagSize)];
        lock (_gate)
        {
            _cipher.Decrypt(bytes[..NonceSize], bytes.Slice(NonceSize, plain.Length), bytes[(NonceSize + plain.Length)..], plain, Place(row.Namespace, row.List, row.Id));
        }

        return Encoding.UTF8.GetString(plain);
    }

    public void Dispose() => _cipher.Dispose();

    private static byte[] Place(string @namespace, string list, Guid id) => Encoding.UTF8.GetBytes($"{@namespace}\0{list}\0{id:N}");
}
