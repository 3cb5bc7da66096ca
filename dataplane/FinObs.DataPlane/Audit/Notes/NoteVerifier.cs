using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace FinObs.DataPlane.Audit.Notes;

/// <summary>A public key with its name, written as a C2SP vkey: <c>name+hex(key id)+base64(0x01 ‖ public key)</c>.</summary>
internal sealed class NoteVerifier
{
    private const byte Ed25519Type = 1;
    private readonly PublicKey _key;

    public NoteVerifier(string name, PublicKey key)
    {
        if (!IsName(name)) throw new FormatException("A key's name is not empty and has neither spaces nor '+'.");
        (Name, _key) = (name, key);
        var typed = TypedKey(key);
        Id = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', .. typed]));
        Text = $"{name}+{Id:x8}+{Convert.ToBase64String(typed)}";
    }

    public string Name { get; }
    public uint Id { get; }

    /// <summary>The vkey.</summary>
    public string Text { get; }

    /// <exception cref="FormatException">Not a vkey of an Ed25519 key, or its id is not the one of its name and key.</exception>
    public static NoteVerifier Parse(string vkey)
    {
        var parts = vkey.Split('+', 3); // base64 may hold further plus signs
        if (parts.Length != 3) throw new FormatException("A verifier key has the form name+id+key.");
        var typed = new byte[1 + 32];
        if (!Convert.TryFromBase64String(parts[2], typed, out var length) || length != typed.Length || typed[0] != Ed25519Type)
            throw new FormatException("The verifier key does not hold an Ed25519 public key.");
        var verifier = new NoteVerifier(parts[0], PublicKey.Import(SignatureAlgorithm.Ed25519, typed.AsSpan(1), KeyBlobFormat.RawPublicKey));
        return verifier.Text == vkey ? verifier : throw new FormatException("The verifier key's id does not belong to its name and key.");
    }

    public bool Verify(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature) => SignatureAlgorithm.Ed25519.Verify(_key, text, signature);

    internal static bool IsName(string name) => name.Length > 0 && !name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '+');

    private static byte[] TypedKey(PublicKey key) => [Ed25519Type, .. key.Export(KeyBlobFormat.RawPublicKey)];
}
