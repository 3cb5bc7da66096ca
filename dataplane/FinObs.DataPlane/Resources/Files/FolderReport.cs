using System.Text.Json.Serialization;

namespace FinObs.DataPlane.Resources.Files;

/// <summary>What became of the files of the folder; answer of <c>GET /v1/resources/files</c>.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="ReadAt">When it was last read because something had changed.</param>
/// <param name="Problem">Why the folder as a whole could not be read; nothing is changed meanwhile.</param>
/// <param name="Files">Each file.</param>
internal sealed record FolderReport(string Folder, DateTimeOffset ReadAt, string? Problem, IReadOnlyList<FileReport> Files)
{
    [JsonIgnore]
    public IEnumerable<(FileReport File, DocumentReport Document, DocumentError Error)> Errors =>
        from file in Files from document in file.Documents from error in document.Errors select (file, document, error);
}

/// <summary>What became of a file.</summary>
internal sealed record FileReport(string File, IReadOnlyList<DocumentReport> Documents);

/// <summary>What became of a document.</summary>
/// <param name="Document">1, 2, 3, … within the file.</param>
/// <param name="Line">Where it begins.</param>
/// <param name="State">Of <see cref="DocumentStates"/>.</param>
/// <param name="Kind">What it says it is.</param>
/// <param name="Namespace">Of which namespace.</param>
/// <param name="Name">Under which name.</param>
/// <param name="Errors">What is wrong with it; the revision that was in force before still is.</param>
/// <param name="Note">Anything else worth knowing.</param>
internal sealed record DocumentReport(
    int Document, int Line, string State, string? Kind, string? Namespace, string? Name, IReadOnlyList<DocumentError> Errors, string? Note);

/// <summary>What is wrong, and where.</summary>
internal sealed record DocumentError(int Line, string Field, string Message);

/// <summary>States of a document.</summary>
internal static class DocumentStates
{
    /// <summary>It is in force.</summary>
    public const string InForce = "InForce";

    /// <summary>It is not taken: its errors say why.</summary>
    public const string Refused = "Refused";

    /// <summary>A Secret, at hand for those that refer to it.</summary>
    public const string AtHand = "AtHand";

    /// <summary>Not for us.</summary>
    public const string PassedOver = "PassedOver";
}
