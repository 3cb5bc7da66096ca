using System.Security.Cryptography;
using System.Text;
using FinObs.DataPlane.Audit.Notes;
using FinObs.DataPlane.Storage;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Audit;

/// <summary>
/// The two secrets of the audit log. The master key never encrypts data itself: HKDF-SHA256 derives from it one key that wraps subject keys and one that turns account ids into tokens.
/// The signing key is apart, so that whoever may read payloads cannot sign, and the other way round.
/// </summary>
internal sealed class AuditKeyring : IDisposable
{
    public const string MasterKeyFile = "audit-master.key";
    public const string SigningKeyFile = "audit-signing.key";
    private const int KeySize = 32;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int TokenSize = 16;
    private readonly byte[] _master;
    private readonly byte[] _wrappingKey;
    private readonly byte[] _tokenKey;

    public AuditKeyring(IOptions<AuditOptions> options, DataFolder folder)
    {
        _master = Load(options.Value.MasterKey, "Audit:MasterKey", folder.File(MasterKeyFile));
        _wrappingKey = Derive("finobs/audit/wrap/v1"u8);
        _tokenKey = Derive("finobs/audit/token/v1"u8);
        Signer = new NoteSigner(options.Value.Origin, Load(options.Value.SigningKey, "Audit:SigningKey", folder.File(SigningKeyFile)));
    }

    public NoteSigner Signer { get; }

    /// <summary>A key of 32 bytes for one purpose; for other slices that keep something encrypted. The purpose has a version, so that it can be replaced.</summary>
    public byte[] Derive(ReadOnlySpan<byte> purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, _master, KeySize, info: purpose.ToArray());

    /// <summary>What stands for an account id in leaves and indexes: the first 128 bits of an HMAC-SHA256, in hexadecimal.</summary>
    public string Token(string @namespace, string subject)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_tokenKey, Encoding.UTF8.GetBytes($"{@namespace}\0{subject}"), mac);
        return Convert.ToHexStringLower(mac[..TokenSize]);
    }

    /// <summary>nonce ‖ ciphertext ‖ tag; bound to the id of the key's row.</summary>
    public byte[] Wrap(Guid keyId, ReadOnlySpan<byte> key)
    {
        var wrapped = new byte[NonceSize + key.Length + TagSize];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, NonceSize));
        using var aes = new AesGcm(_wrappingKey, TagSize);
        aes.Encrypt(wrapped.AsSpan(0, NonceSize), key, wrapped.AsSpan(NonceSize, key.Length), wrapped.AsSpan(NonceSize + key.Length), keyId.ToByteArray(bigEndian: true));
        return wrapped;
    }

    /// <exception cref="CryptographicException">Wrapped under another master key, or changed.</exception>
    public byte[] Unwrap(Guid keyId, ReadOnlySpan<byte> wrapped)
    {
        if (wrapped.Length != NonceSize + KeySize + TagSize) throw new CryptographicException("A wrapped subject key has a wrong length.");
        var key = new byte[KeySize];
        using var aes = new AesGcm(_wrappingKey, TagSize);
        aes.Decrypt(wrapped[..NonceSize], wrapped.Slice(NonceSize, KeySize), wrapped[(NonceSize + KeySize)..], key, keyId.ToByteArray(bigEndian: true));
        return key;
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_master);
        CryptographicOperations.ZeroMemory(_wrappingKey);
        CryptographicOperations.ZeroMemory(_tokenKey);
        Signer.Dispose();
    }

    private static byte[] Load(string? configured, string setting, string file)
    {
        if (!string.IsNullOrWhiteSpace(configured)) return Decode(configured, setting);
        if (!File.Exists(file)) Create(file);
        return Decode(File.ReadAllText(file), file);
    }

    private static byte[] Decode(string text, string where) =>
        StrictBase64.Decode(text.Trim()) is { Length: KeySize } key ? key : throw new InvalidOperationException($"{where} is not base64 of {KeySize} bytes; restore it from its backup.");

    /// <summary>Written aside and moved, so that a crash leaves no half key; if another process was first, its key stands.</summary>
    private static void Create(string file)
    {
        var draft = $"{file}.{Environment.ProcessId}";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(draft, options))
        {
            stream.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeySize)) + "\n"));
            stream.Flush(flushToDisk: true);
        }
        try
        {
            File.Move(draft, file, overwrite: false);
        }
        catch (IOException) when (File.Exists(file))
        {
            File.Delete(draft);
        }
    }
}
