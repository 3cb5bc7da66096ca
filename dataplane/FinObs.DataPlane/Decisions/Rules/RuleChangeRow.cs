using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Decisions.Rules;

/// <summary>A rule set came into force. Written once; by its number two replicas that see the same change write it once.</summary>
internal sealed class RuleChangeRow
{
    public const string Kind = "rules.changed";

    /// <summary>1, 2, 3, …</summary>
    public long Sequence { get; init; }

    public Guid Id { get; init; }

    /// <summary><c>sha256:</c> and 64 hex digits over <see cref="Content"/>.</summary>
    public required string Digest { get; init; }

    /// <summary>What was in force before; null for the first.</summary>
    public string? Previous { get; init; }

    /// <summary>How many rules it has.</summary>
    public int Rules { get; init; }

    /// <summary>Canonical JSON of the set.</summary>
    public required byte[] Content { get; init; }

    public DateTimeOffset ChangedAt { get; init; }

    public Guid LeafId { get; init; }

    /// <summary>What the leaf commits to; the digest stands for the content.</summary>
    public byte[] Payload()
    {
        CanonicalJsonWriter writer = new();
        writer.BeginObject();
        writer.Property("act"u8, Kind);
        writer.Property("changed_at"u8, ChangedAt);
        writer.Property("digest"u8, Digest);
        writer.Property("previous"u8, Previous);
        writer.Property("rules"u8, Rules);
        writer.Property("sequence"u8, Sequence);
        writer.Property("v"u8, 1);
        writer.EndObject();
        return writer.Written.ToArray();
    }
}

internal sealed class RuleChangeRowConfiguration : IEntityTypeConfiguration<RuleChangeRow>
{
    public void Configure(EntityTypeBuilder<RuleChangeRow> builder)
    {
        builder.ToTable("rule_changes");
        builder.HasKey(row => row.Sequence);
        builder.Property(row => row.Sequence).ValueGeneratedNever();
        builder.HasIndex(row => row.Id).IsUnique();
        builder.HasIndex(row => row.Digest);
    }
}

/// <summary>The payloads of rule changes, from the live rows.</summary>
internal sealed class RuleChangeProjection(IDatabase database) : IAuditProjection
{
    public string Kind => RuleChangeRow.Kind;

    public async Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        List<RuleChangeRow> rows = await db.Set<RuleChangeRow>().Where(row => refs.Contains(row.Id)).ToListAsync(cancellationToken);
        return rows.ToDictionary(row => row.Id, row => row.Payload());
    }
}
