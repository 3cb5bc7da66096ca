using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Rollout.Shadow;

/// <summary>What a version would have made of a transaction that another one decided. It follows from it that nothing follows: it is kept for comparison, and for a while.</summary>
internal sealed record ShadowScoreRow
{
    public static readonly BulkTable<ShadowScoreRow> Table = new(
        "shadow_scores",
        ["version_id", "transaction_ref", "namespace", "score", "decision", "decided_version_id", "decided_score", "decided"],
        static (writer, row) =>
        {
            writer.Write(row.VersionId);
            writer.Write(row.TransactionRef);
            writer.Write(row.Namespace);
            writer.Write(row.Score);
            writer.Write(row.Decision.ToString());
            writer.Write(row.DecidedVersionId);
            writer.Write(row.DecidedScore);
            writer.Write(row.Decided.ToString());
        });

    /// <summary>Row of <c>model_versions</c>: the version in shadow.</summary>
    public required long VersionId { get; init; }

    /// <summary>Version 7: in the order of time.</summary>
    public required Guid TransactionRef { get; init; }

    public required string Namespace { get; init; }

    /// <summary>Null: it could not score.</summary>
    public double? Score { get; init; }

    /// <summary>What its thresholds make of the score, rules left out; Review without a score.</summary>
    public required Decision Decision { get; init; }

    /// <summary>The version that decided; null: none could.</summary>
    public long? DecidedVersionId { get; init; }

    public double? DecidedScore { get; init; }

    /// <summary>What that version's thresholds made of its score, rules left out: like is compared with like.</summary>
    public required Decision Decided { get; init; }
}

internal sealed class ShadowScoreConfiguration : IEntityTypeConfiguration<ShadowScoreRow>
{
    public void Configure(EntityTypeBuilder<ShadowScoreRow> builder)
    {
        builder.ToTable(ShadowScoreRow.Table.Name);
        builder.HasKey(row => new { row.VersionId, row.TransactionRef });
    }
}
