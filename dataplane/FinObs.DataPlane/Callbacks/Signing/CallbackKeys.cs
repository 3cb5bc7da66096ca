using System.Security.Cryptography;
using System.Text;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Resources.Secrets;

namespace FinObs.DataPlane.Callbacks.Signing;

/// <summary>The keys that sign for one target now. Both sign while they overlap.</summary>
/// <param name="Current">The key; null where it cannot be used.</param>
/// <param name="KeyId">Its id.</param>
/// <param name="Problem">What is wrong with it.</param>
internal sealed record TargetKeys(SigningKey? Current, string? KeyId, string? Problem)
{
    public SigningKey? Previous { get; init; }

    public string? PreviousKeyId { get; init; }

    public DateTimeOffset? PreviousValidUntil { get; init; }

    /// <summary>The value of <c>webhook-signature</c>.</summary>
    public string Sign(string messageId, DateTimeOffset now, ReadOnlySpan<byte> body)
    {
        long timestamp = now.ToUnixTimeSeconds();
        string signature = Current!.Sign(messageId, timestamp, body);
        return Previous is { } previous && now < PreviousValidUntil ? $"{signature} {previous.Sign(messageId, timestamp, body)}" : signature;
    }
}

/// <summary>
/// Follows the rotation of keys. A key may be rotated by naming the old one beside the new one, or by changing the Secret's value in place: the value before is then kept, sealed, while the two overlap.
/// </summary>
internal sealed class CallbackKeys(AuditKeyring keyring, TimeProvider time) : IDisposable
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int IdSize = 4;

    private readonly AesGcm _cipher = new(keyring.Derive("finobs/callbacks/keys/v1"u8), TagSize);
    private readonly byte[] _idKey = keyring.Derive("finobs/callbacks/key-ids/v1"u8);
    private readonly Lock _gate = new();

    /// <summary>The keys in force, and the row's new signing part where it has to change.</summary>
    /// <param name="resource">Whose.</param>
    /// <param name="signing">What its spec says.</param>
    /// <param name="secrets">The values.</param>
    /// <param name="stored">What was in force before; null = nothing.</param>
    public (TargetKeys Keys, CallbackStateRow? Changed) Follow(ResourceKey resource, CallbackSigning signing, ResourceSecrets secrets, CallbackStateRow? stored)
    {
        string? text = secrets.FindText(signing.SecretRef);
        (SigningKey? current, string? problem) = SigningKey.Parse(text, signing.Scheme);
        if (current is null)
        {
            return (new TargetKeys(null, null, $"the Secret {signing.SecretRef.Name}, key {signing.SecretRef.Key}: {problem}"), null);
        }

        string id = IdOf(current);
        CallbackStateRow row = stored ?? new CallbackStateRow { Namespace = resource.Namespace, Target = resource.Name };
        if (row.KeyId != id)
        {
            bool isRotated = row.KeyId is not null;
            row = row with
            {
                KeyId = id,
                SealedKey = Seal(resource, current.Text),
                PreviousKeyId = isRotated ? row.KeyId : null,
                SealedPreviousKey = isRotated ? row.SealedKey : null,
                PreviousValidUntil = isRotated ? time.GetUtcNow() + signing.Overlap.Value : null,
            };
        }

        // One that is named goes before the one that was found, and overlaps from when it was first seen.
        if (signing.PreviousSecretRef is { } reference && SigningKey.ParseAny(secrets.FindText(reference)) is { } named && IdOf(named) is var namedId && namedId != id && namedId != row.PreviousKeyId)
        {
            row = row with { PreviousKeyId = namedId, SealedPreviousKey = Seal(resource, named.Text), PreviousValidUntil = time.GetUtcNow() + signing.Overlap.Value };
        }

        (string? previousId, SigningKey? previous) = row.SealedPreviousKey is { } sealedKey && row.PreviousValidUntil > time.GetUtcNow()
            ? (row.PreviousKeyId, SigningKey.ParseAny(Open(resource, sealedKey)))
            : (null, null);
        TargetKeys keys = new(current, id, null)
        {
            Previous = previous,
            PreviousKeyId = previousId,
            PreviousValidUntil = previousId is null ? null : row.PreviousValidUntil,
        };
        return (keys, row == stored ? null : row);
    }

    public void Dispose()
    {
        _cipher.Dispose();
        CryptographicOperations.ZeroMemory(_idKey);
    }

    /// <summary>An HMAC under a key of this host: it says which key it is, and nothing of what it is.</summary>
    private string IdOf(SigningKey key) => Convert.ToHexStringLower(HMACSHA256.HashData(_idKey, Encoding.UTF8.GetBytes(key.Text))[..IdSize]);

    private byte[] Seal(ResourceKey resource, string text)
    {
        byte[] value = Encoding.UTF8.GetBytes(text);
        byte[] sealedKey = new byte[NonceSize + value.Length + TagSize];
        RandomNumberGenerator.Fill(sealedKey.AsSpan(0, NonceSize));
        lock (_gate)
        {
            _cipher.Encrypt(sealedKey.AsSpan(0, NonceSize), value, sealedKey.AsSpan(NonceSize, value.Length), sealedKey.AsSpan(NonceSize + value.Length), Place(resource));
        }

        return sealedKey;
    }

    private string Open(ResourceKey resource, ReadOnlySpan<byte> sealedKey)
    {
        byte[] value = new byte[sealedKey.Length - NonceSize - TagSize];
        lock (_gate)
        {
            _cipher.Decrypt(sealedKey[..NonceSize], sealedKey[NonceSize..^TagSize], sealedKey[^TagSize..], value, Place(resource));
        }

        return Encoding.UTF8.GetString(value);
    }

    private static byte[] Place(ResourceKey resource) => Encoding.UTF8.GetBytes($"{resource.Namespace}\0{resource.Kind}\0{resource.Name}");
}
