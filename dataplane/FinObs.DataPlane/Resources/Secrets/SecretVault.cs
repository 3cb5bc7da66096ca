using System.Security.Cryptography;
using System.Text;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Resources.Store;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Resources.Secrets;

/// <summary>
/// Values of Secrets at rest: AES-256-GCM under a key derived from the host's master key (HKDF-SHA256), bound to the resource, the Secret and its key,
/// so that no value can be moved to where another one stands.
/// </summary>
internal sealed class SecretVault(AuditKeyring keyring, IDatabase database) : IDisposable
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly AesGcm _cipher = new(keyring.Derive("finobs/resources/secrets/v1"u8), TagSize);
    private readonly Lock _gate = new();

    public ResourceSecretRow Seal(ResourceKey resource, string secret, string key, ReadOnlySpan<byte> value)
    {
        byte[] sealedValue = new byte[NonceSize + value.Length + TagSize];
        Span<byte> nonce = sealedValue.AsSpan(0, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        lock (_gate)
        {
            _cipher.Encrypt(nonce, value, sealedValue.AsSpan(NonceSize, value.Length), sealedValue.AsSpan(NonceSize + value.Length), Place(resource, secret, key));
        }

        return new ResourceSecretRow { Namespace = resource.Namespace, Kind = resource.Kind, Name = resource.Name, Secret = secret, Key = key, Sealed = sealedValue };
    }

    /// <summary>All values that a resource refers to.</summary>
    /// <exception cref="CryptographicException">Sealed under another master key, changed, or moved here from elsewhere.</exception>
    public async Task<ResourceSecrets> OpenAsync(ResourceKey resource, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        List<ResourceSecretRow> rows = await db.ResourceSecrets
            .Where(row => row.Namespace == resource.Namespace && row.Kind == resource.Kind && row.Name == resource.Name)
            .OrderBy(row => row.Secret).ThenBy(row => row.Key)
            .ToListAsync(cancellationToken);
        return new ResourceSecrets(rows.ToDictionary(row => (row.Secret, row.Key), row => Open(resource, row)));
    }

    public void Dispose() => _cipher.Dispose();

    private byte[] Open(ResourceKey resource, ResourceSecretRow row)
    {
        int size = row.Sealed.Length - NonceSize - TagSize;
        if (size < 0)
        {
            throw new CryptographicException("A sealed value is too short.");
        }

        byte[] value = new byte[size];
        ReadOnlySpan<byte> bytes = row.Sealed;
        lock (_gate)
        {
            _cipher.Decrypt(bytes[..NonceSize], bytes.Slice(NonceSize, size), bytes[(NonceSize + size)..], value, Place(resource, row.Secret, row.Key));
        }

        return value;
    }

    /// <summary>None of the five holds a NUL.</summary>
    private static byte[] Place(ResourceKey resource, string secret, string key) =>
        Encoding.UTF8.GetBytes($"{resource.Namespace}\0{resource.Kind}\0{resource.Name}\0{secret}\0{key}");
}
