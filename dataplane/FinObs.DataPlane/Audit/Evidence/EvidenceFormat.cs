using System.Globalization;
using FinObs.DataPlane.Audit.Notes;

namespace FinObs.DataPlane.Audit.Evidence;

/// <summary>
/// The words of an evidence file: lines of canonical JSON, each ended by a newline. First a header; a line for each leaf of the story, the decision's first; a line for each part; last a footer whose signed
/// note holds the SHA-256 of every byte before it. docs/evidence.md has it field by field.
/// </summary>
internal static class EvidenceFormat
{
    public const string Name = "finobs-evidence";
    public const int Version = 1;
    public const string MediaType = "application/x-ndjson";

    private const string NoteTitle = "finobs-evidence/v1";

    /// <summary>The text that the footer's note signs.</summary>
    public static string NoteText(string origin, ReadOnlySpan<byte> digest) =>
        string.Create(CultureInfo.InvariantCulture, $"{NoteTitle}\n{origin}\n{Convert.ToBase64String(digest)}\n");

    /// <summary>True when the note signs this digest with this key.</summary>
    public static bool IsSealed(string note, NoteVerifier key, ReadOnlySpan<byte> digest)
    {
        var signed = SignedNote.Parse(note);
        return signed.IsSignedBy(key) && signed.Text == NoteText(key.Name, digest);
    }
}
