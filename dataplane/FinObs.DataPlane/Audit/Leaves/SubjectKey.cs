using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Audit.Leaves;

/// <summary>The row of a data key: one live key for each subject of a namespace, wrapped by the master key. Destroying it shreds every payload under it.</summary>
internal sealed record SubjectKeyRow
{
    public static readonly BulkTable<SubjectKeyRow> Table = new(
        "subject_keys",
        ["id", "namespace", "subject", "wrapped", "created_at"],
        static (writer, key) =>
        {
            writer.Write(key.Id);
            writer.Write(key.Namespace);
            writer.Write(key.Subject);
            writer.Write(key.Wrapped);
            writer.Write(key.CreatedAt);
        });

    /// <summary>The subject of what belongs to the namespace itself.</summary>
    public const string NamespaceSubject = "";

    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    /// <summary>The account's token, or <see cref="NamespaceSubject"/>.</summary>
    public required string Subject { get; init; }

    /// <summary>Null once destroyed.</summary>
    public byte[]? Wrapped { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? DestroyedAt { get; init; }

    /// <summary>The leaf that proves the destruction.</summary>
    public Guid? TombstoneId { get; init; }
}

/// <summary>An unwrapped data key.</summary>
internal sealed record SubjectKey(Guid Id, string Token, byte[] Key);
