using System.Globalization;
using FinObs.DataPlane.Audit.Notes;

namespace FinObs.DataPlane.Audit.Export;

/// <summary>
/// The words of an export file: lines of canonical JSON, each ended by a newline. First a header, then a line for each leaf, last a footer whose signed note holds the SHA-256 of every byte before it.
/// docs/audit.md has it field by field.
/// </summary>
internal static class ExportFormat
{
    public const string Name = "finobs-audit-export";
    public const int Version = 1;
    public const string MediaType = "application/x-ndjson";

    /// <summary>The first line of the footer's note: no checkpoint can be taken for it, as a checkpoint has a number in its second line.</summary>
    private const string NoteTitle = "finobs-audit-export/v1";

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
