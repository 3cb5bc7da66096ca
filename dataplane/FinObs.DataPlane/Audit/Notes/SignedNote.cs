using System.Buffers.Binary;
using System.Text;

namespace FinObs.DataPlane.Audit.Notes;

/// <summary>One signature line of a note.</summary>
internal sealed record NoteSignature(string KeyName, uint KeyId, byte[] Signature);

/// <summary>A C2SP signed note: text, an empty line, signature lines. The text means nothing until a known key has verified it.</summary>
internal sealed record SignedNote(string Text, IReadOnlyList<NoteSignature> Signatures)
{
    private const int MaxSignatures = 64;
    private const int MaxLength = 256 * 1024;

    /// <exception cref="FormatException">The bytes are not a signed note.</exception>
    public static SignedNote Parse(string note)
    {
        if (note.Length > MaxLength) throw new FormatException("The note is longer than 256 KiB.");
        var split = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (split < 0 || !note.EndsWith('\n')) throw new FormatException("A signed note is a text, an empty line and signature lines.");
        var text = note[..(split + 1)];
        CheckText(text);
        var lines = note[(split + 2)..].Split('\n')[..^1];
        if (lines.Length is 0 or > MaxSignatures) throw new FormatException($"A signed note has between 1 and {MaxSignatures} signatures.");
        return new SignedNote(text, [.. lines.Select(ParseSignature)]);
    }

    /// <summary>True when this key signed the text. Signatures of other keys are ignored; a bad one of this key makes the note untrue.</summary>
    public bool IsSignedBy(NoteVerifier verifier)
    {
        var own = Signatures.Where(s => s.KeyName == verifier.Name && s.KeyId == verifier.Id).ToList();
        var text = Encoding.UTF8.GetBytes(Text);
        return own.Count > 0 && own.TrueForAll(s => verifier.Verify(text, s.Signature));
    }

    internal static void CheckText(string text)
    {
        if (!text.EndsWith('\n') || text.Any(c => c < 0x20 && c != '\n')) throw new FormatException("A note's text ends in a newline and has no other control characters.");
    }

    private static NoteSignature ParseSignature(string line)
    {
        var parts = line.Split(' ');
        if (parts.Length != 3 || parts[0] != "—" || !NoteVerifier.IsName(parts[1])) throw new FormatException("A signature line is '— name base64'.");
        var bytes = StrictBase64.Decode(parts[2]);
        return bytes is { Length: > 4 }
            ? new NoteSignature(parts[1], BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes[4..])
            : throw new FormatException("A signature is base64 of the key id and the signature.");
    }
}
