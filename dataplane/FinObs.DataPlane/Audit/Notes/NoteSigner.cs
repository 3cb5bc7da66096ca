using System.Buffers.Binary;
using System.Text;
using NSec.Cryptography;

namespace FinObs.DataPlane.Audit.Notes;

/// <summary>An Ed25519 private key with its name: signs notes.</summary>
internal sealed class NoteSigner : IDisposable
{
    public const int SeedSize = 32;
    private readonly Key _key;

    /// <param name="name">The name in the signature line; for a log its origin.</param>
    /// <param name="seed">The 32 bytes of RFC 8032's private key.</param>
    public NoteSigner(string name, ReadOnlySpan<byte> seed)
    {
        _key = Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey);
        Verifier = new NoteVerifier(name, _key.PublicKey);
    }

    public NoteVerifier Verifier { get; }

    /// <summary>The whole note: text, empty line, one signature line. The text ends in a newline.</summary>
    public string Sign(string text)
    {
        SignedNote.CheckText(text);
        Span<byte> signature = stackalloc byte[4 + 64];
        BinaryPrimitives.WriteUInt32BigEndian(signature, Verifier.Id);
        SignatureAlgorithm.Ed25519.Sign(_key, Encoding.UTF8.GetBytes(text), signature[4..]);
        return $"{text}\n— {Verifier.Name} {Convert.ToBase64String(signature)}\n";
    }

    public void Dispose() => _key.Dispose();
}
