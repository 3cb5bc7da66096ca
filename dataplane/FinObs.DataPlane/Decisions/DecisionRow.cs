using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Decisions;

/// <summary>One decision and all that it was made from. Written once; a second scoring is a second row.</summary>
internal sealed class DecisionRow
{
    /// <summary>Equal to <see cref="TransactionRef"/> for the decision of record.</summary>
    public Guid Id { get; init; }

    public Guid TransactionRef { get; init; }

    public required string Namespace { get; init; }

    public Decision Decision { get; init; }

    /// <summary>0..1, rounded to 1e-6; null where no model could score.</summary>
    public double? Score { get; init; }

    public double? Margin { get; init; }

    /// <summary>Row of <c>scoring_engines</c>: model version and engine fingerprint; null where no model could score.</summary>
    public long? EngineId { get; init; }

    /// <summary>F float32 values, little-endian: the feature vector as scored.</summary>
    public byte[]? Features { get; init; }

    /// <summary>The account's own numbers at that moment, for words: see <see cref="Scoring.Features.AccountBaseline"/>.</summary>
    public byte[]? Baseline { get; init; }

    /// <summary>Made at once for Review and Block, otherwise on demand from <see cref="Features"/>.</summary>
    public byte[]? Explanation { get; init; }

    /// <summary>Canonical JSON array of the reasons, in words.</summary>
    public required byte[] Reasons { get; init; }

    /// <summary>SHA-256 of the rule set that was asked; null where there was none.</summary>
    public byte[]? Rules { get; init; }

    public DateTimeOffset DecidedAt { get; init; }

    /// <summary>W3C trace id, 16 bytes.</summary>
    public byte[]? Trace { get; init; }

    /// <summary><see cref="Trace"/> as 32 hex digits.</summary>
    public string? TraceId
    {
        get => field ??= Trace is null ? null : Convert.ToHexStringLower(Trace);
        init => (field, Trace) = (value, value is null ? null : Convert.FromHexString(value));
    }

    public Guid LeafId { get; set; }

    public static BulkTable<DecisionRow> Table { get; } = new(
        "decisions",
        ["id", "transaction_ref", "namespace", "decision", "score", "margin", "engine_id", "features", "baseline", "explanation", "reasons", "decided_at",
            "trace_id", "leaf_id", "rules"],
        static (writer, row) =>
        {
            writer.Write(row.Id);
            writer.Write(row.TransactionRef);
            writer.Write(row.Namespace);
            writer.Write(row.Decision.ToString());
            writer.Write(row.Score);
            writer.Write(row.Margin);
            writer.Write(row.EngineId);
            writer.Write(row.Features);
            writer.Write(row.Baseline);
            writer.Write(row.Explanation);
            writer.Write(row.Reasons);
            writer.Write(row.DecidedAt);
            writer.Write(row.Trace);
            writer.Write(row.LeafId);
            writer.Write(row.Rules);
        });
}

internal sealed class DecisionRowConfiguration : IEntityTypeConfiguration<DecisionRow>
{
    public void Configure(EntityTypeBuilder<DecisionRow> builder)
    {
        builder.ToTable("decisions");
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();

        builder.Ignore(row => row.TraceId);
        builder.Property(row => row.Trace).HasColumnName("trace_id");

        // Only the few that were not approved: what reviewers look for.
        builder.HasIndex(row => new { row.Namespace, row.Decision, row.Id }).HasFilter("decision <> 'Approve'");
    }
}

internal static class DecisionsContext
{
    extension(FinObsDbContext db)
    {
        public DbSet<DecisionRow> Decisions => db.Set<DecisionRow>();
    }
}
