using System.Security.Cryptography;
using System.Text.Json;
using FinObs.DataPlane.Audit;

namespace FinObs.DataPlane.Access.Users;

/// <summary>Who somebody is, as the issuer says it.</summary>
/// <param name="Subject">Its id of them.</param>
/// <param name="Name">To show.</param>
/// <param name="Email">Their address.</param>
/// <param name="Username">By which they sign in (<c>preferred_username</c>).</param>
internal sealed record UserProfile(string Subject, string? Name, string? Email, string? Username = null);

/// <summary>Profiles at rest: AES-256-GCM under a key derived from the host's master key, bound to the person's row.</summary>
internal sealed class UserProfiles(AuditKeyring keyring) : IDisposable
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly AesGcm _cipher = new(keyring.Derive("finobs/access/users/v1"u8), TagSize);
    private readonly Lock _gate = new();

    /// <summary>What stands for an issuer's subject.</summary>
    public string TokenOf(string issuer, string subject) => keyring.Token(issuer, subject);

    public byte[] Seal(Guid user, UserProfile profile)
    {
        byte[] plain = JsonSerializer.SerializeToUtf8Bytes(profile);
        byte[] kept = new byte[NonceSize + plain.Length + TagSize];
        RandomNumberGenerator.Fill(kept.AsSpan(0, NonceSize));
        lock (_gate)
        {
            _cipher.Encrypt(kept.AsSpan(0, NonceSize), plain, kept.AsSpan(NonceSize, plain.Length), kept.AsSpan(NonceSize + plain.Length), user.ToByteArray(bigEndian: true));
        }

        return kept;
    }

    /// <summary>Null where there is none any more, or it cannot be opened: sealed under another master key, or moved here from another row.</summary>
    public UserProfile? Open(Guid user, ReadOnlySpan<byte> kept)
    {
        int size = kept.Length - NonceSize - TagSize;
        if (size <= 0) return null;
        byte[] plain = new byte[size];
        try
        {
            lock (_gate)
            {
                _cipher.Decrypt(kept[..NonceSize], kept.Slice(NonceSize, size), kept[(NonceSize + size)..], plain, user.ToByteArray(bigEndian: true));
            }

            return JsonSerializer.Deserialize<UserProfile>(plain);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public void Dispose() => _cipher.Dispose();
}
