using System.Buffers;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Ingestion;

/// <summary>What a request says beside its body.</summary>
internal sealed record IngestQuery(string Namespace, string Source, bool Strict, string? IdempotencyKey)
{
    public const string DefaultNamespace = "default";

    /// <summary>Reads and checks the query and the header.</summary>
    public static IngestQuery? TryRead(HttpRequest request, string defaultSource, out BodyProblem? problem)
    {
        string @namespace = request.Query["namespace"].FirstOrDefault() ?? DefaultNamespace;
        string source = request.Query["source"].FirstOrDefault() ?? defaultSource;
        string? strict = request.Query["strict"].FirstOrDefault();
        string? key = request.Headers["Idempotency-Key"].FirstOrDefault();
        problem = !IsNamespace(@namespace) ? BodyProblem.Invalid("namespace_invalid", "The namespace is not a DNS label: use at most 63 of a-z, 0-9 and - in between.")
            : !IsSource(source) ? BodyProblem.Invalid("source_invalid", "The source is not a word: use at most 64 of a-z, 0-9, _, . and -, beginning with a letter or digit.")
            : strict is not (null or "true" or "false") ? BodyProblem.Invalid("strict_invalid", "strict is neither true nor false: send one of them or leave it out.")
            : TransactionRequestText.CheckId("Idempotency-Key", key) is { } error ? BodyProblem.Invalid("idempotency_key_invalid", error.Message)
            : null;
        return problem is null ? new IngestQuery(@namespace, source, strict == "true", key) : null;
    }

    /// <summary>A DNS label.</summary>
    public static bool IsNamespace(string text) =>
        text.Length is > 0 and <= 63 && !text.AsSpan().ContainsAnyExcept(LabelCharacters) && text[0] != '-' && text[^1] != '-';

    /// <summary>A word that names a sender.</summary>
    public static bool IsSource(string text) =>
        text.Length is > 0 and <= 64 && !text.AsSpan().ContainsAnyExcept(SourceCharacters) && char.IsAsciiLetterOrDigit(text[0]);

    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    private static readonly SearchValues<char> SourceCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_.");
}
