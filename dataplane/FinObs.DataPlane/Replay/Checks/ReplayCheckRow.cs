using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Replay.Checks;

/// <summary>What the sample of one night found of one version. Written once.</summary>
internal sealed record ReplayCheckRow
{
    public const string Kind = "replay.checked";
    public const string TableName = "replay_checks";

    /// <summary>The event of a check that found something wrong.</summary>
    public const string Mismatch = "replay.mismatched";

    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    public required string Model { get; init; }

    public required string Version { get; init; }

    /// <summary>End of the day that was sampled; with the version unique, so that two replicas make one check.</summary>
    public required DateTimeOffset DueAt { get; init; }

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset CheckedAt { get; init; }

    /// <summary>That the version made on that day.</summary>
    public required long Decisions { get; init; }

    /// <summary>Of them, drawn by chance.</summary>
    public required int Sampled { get; init; }

    /// <summary>Of the draw: whoever has the same decisions draws the same.</summary>
    public required int Seed { get; init; }

    public required int BitEqual { get; init; }

    /// <summary>Not bit-equal, on another engine, and within the tolerance.</summary>
    public required int WithinTolerance { get; init; }

    /// <summary>Neither.</summary>
    public required int Mismatched { get; init; }

    /// <summary>Could not be scored again though they should.</summary>
    public required int Failed { get; init; }

    /// <summary>Nothing here can compute them, and nothing has to: another server's.</summary>
    public required int Elsewhere { get; init; }

    /// <summary>The model's decision is another one now.</summary>
    public required int DecisionsChanged { get; init; }

    public required double LargestMarginDelta { get; init; }

    /// <summary>Ids of the first that are wrong, a line each.</summary>
    public required string Examples { get; init; }

    /// <summary>Why the first one could not be scored again.</summary>
    public string? Problem { get; init; }

    public Guid LeafId { get; init; }

    public int Wrong => Mismatched + Failed;

    public string ModelVersion => $"{Model}@{Version}";

    public byte[] Payload() => CanonicalObject.Of(
        ("act", Kind), ("bit_equal", BitEqual), ("checked_at", CheckedAt), ("decisions", Decisions), ("decisions_changed", DecisionsChanged), ("due_at", DueAt), ("elsewhere", Elsewhere),
        ("examples", Examples), ("failed", Failed), ("from", From), ("id", Id), ("largest_margin_delta", LargestMarginDelta), ("mismatched", Mismatched), ("model", Model), ("namespace", Namespace),
        ("problem", Problem), ("sampled", Sampled), ("seed", Seed), ("v", 1), ("version", Version), ("within_tolerance", WithinTolerance));

    public AuditAct Act() => new()
    {
        Namespace = Namespace,
        Kind = Kind,
        At = CheckedAt,
        Actor = "system:replay",
        Ref = Id,
        Payload = Payload(),
        Topic = Wrong > 0 ? Mismatch : null,
    };
}

internal sealed class ReplayCheckConfiguration : IEntityTypeConfiguration<ReplayCheckRow>
{
    public void Configure(EntityTypeBuilder<ReplayCheckRow> builder)
    {
        builder.ToTable(ReplayCheckRow.TableName);
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.Property(row => row.From).HasColumnName("day_from");
        builder.Ignore(row => row.Wrong);
        builder.Ignore(row => row.ModelVersion);
        builder.HasIndex(row => new { row.Namespace, row.Model, row.Version, row.DueAt }).IsUnique();
        builder.HasIndex(row => new { row.Namespace, row.Id });
    }
}

internal static class ReplayCheckTables
{
    extension(FinObsDbContext db)
    {
        public DbSet<ReplayCheckRow> ReplayChecks => db.Set<ReplayCheckRow>();
    }
}

/// <summary>The payloads of checks, from the live rows.</summary>
internal sealed class ReplayCheckProjection(IDatabase database) : IAuditProjection
{
    public string Kind => ReplayCheckRow.Kind;

    public async Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken)
    {
        Guid[] wanted = [.. refs];
        await using FinObsDbContext db = database.CreateContext();
        List<ReplayCheckRow> rows = await db.ReplayChecks.Where(row => EF.Parameter(wanted).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        return rows.ToDictionary(row => row.Id, row => row.Payload());
    }
}
