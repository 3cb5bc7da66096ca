using System.Globalization;
using FinObs.DataPlane.Audit.Merkle;

namespace FinObs.DataPlane.Audit.Notes;

/// <summary>The text of a C2SP tlog-checkpoint: which log, how many leaves, which root. Extension lines are not used and not accepted.</summary>
internal sealed record Checkpoint(string Origin, long Size, byte[] Root)
{
    /// <summary>The note's text; sign it with <see cref="NoteSigner.Sign"/>.</summary>
    public string ToText() => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Convert.ToBase64String(Root)}\n");

    /// <exception cref="FormatException">The text is not a checkpoint.</exception>
    public static Checkpoint Parse(string text)
    {
        var lines = text.Split('\n');
        if (lines.Length != 4 || lines[3].Length > 0 || lines[0].Length == 0) throw new FormatException("A checkpoint is three lines: origin, size, root.");
        var root = StrictBase64.Decode(lines[2]);
        if (!long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size.ToString(CultureInfo.InvariantCulture) != lines[1]
            || root is not { Length: MerkleHash.Size })
            throw new FormatException("A checkpoint's second line is the size in decimal, its third the root's 32 bytes in base64.");
        return new Checkpoint(lines[0], size, root);
    }

    /// <summary>Parses a note and checks that the log's key signed it; says otherwise what is wrong.</summary>
    /// <exception cref="FormatException">Not a checkpoint, another origin than the key's name, or not signed by the key.</exception>
    public static Checkpoint Open(string note, NoteVerifier verifier)
    {
        var signed = SignedNote.Parse(note);
        if (!signed.IsSignedBy(verifier)) throw new FormatException($"The checkpoint is not signed by {verifier.Name} with key id {verifier.Id:x8}.");
        var checkpoint = Parse(signed.Text);
        return checkpoint.Origin == verifier.Name ? checkpoint : throw new FormatException($"The checkpoint's origin is '{checkpoint.Origin}', the key's name '{verifier.Name}'.");
    }
}
