using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Pulls.Store;

/// <summary>Something that was done about a source, by a person or by itself, kept for good: what its audit leaf can be built again from.</summary>
internal sealed record PullChangeRow
{
    public static readonly BulkTable<PullChangeRow> Table = new(
        "pull_changes",
        ["id", "namespace", "name", "action", "item", "detail", "actor", "changed_at", "leaf_id"],
        static (writer, row) =>
        {
            writer.Write(row.Id);
            writer.Write(row.Namespace);
            writer.Write(row.Name);
            writer.Write(row.Action);
            writer.Write(row.Item);
            writer.Write(row.Detail);
            writer.Write(row.Actor);
            writer.Write(row.ChangedAt);
            writer.Write(row.LeafId);
        });

    /// <summary>The act's id: the leaf refers to it.</summary>
    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    public required string Name { get; init; }

    /// <summary>Of <see cref="PullActions"/>.</summary>
    public required string Action { get; init; }

    /// <summary>Which item of the quarantine.</summary>
    public Guid? Item { get; init; }

    public string? Detail { get; init; }

    public required string Actor { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    public required Guid LeafId { get; init; }
}

internal static class PullActions
{
    public const string Triggered = "Triggered";
    public const string Suspended = "Suspended";
    public const string Resumed = "Resumed";
    public const string ItemRetried = "ItemRetried";
    public const string ItemDiscarded = "ItemDiscarded";

    /// <summary>Items of the quarantine went because nobody had settled them in time.</summary>
    public const string ItemsExpired = "ItemsExpired";
}

internal sealed class PullChangeRowConfiguration : IEntityTypeConfiguration<PullChangeRow>
{
    public void Configure(EntityTypeBuilder<PullChangeRow> builder)
    {
        builder.ToTable(PullChangeRow.Table.Name);
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.HasIndex(row => new { row.Namespace, row.Name, row.ChangedAt });
    }
}

/// <summary>What was done stays readable.</summary>
internal sealed class PullsSchema : ISchemaExtra
{
    public IEnumerable<string> Statements(DatabaseKind kind) => AppendOnlyTables.Statements(kind, PullChangeRow.Table.Name);
}
