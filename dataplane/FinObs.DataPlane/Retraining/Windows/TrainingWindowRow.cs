using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Retraining.Windows;

/// <summary>Which transactions, with labels as of when: frozen, so that whoever reads it again reads the same.</summary>
internal sealed record TrainingWindowRow
{
    public const string Frozen = "training.window_frozen";
    public const string Sealed = "training.window_sealed";

    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    public required string Model { get; init; }

    /// <summary>Received at or after.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Received before.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Labels given later do not count.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>Microseconds that a transaction must have aged at <see cref="AsOf"/> before "legitimate" counts.</summary>
    public required long Maturity { get; init; }

    public required string RequestedBy { get; init; }

    public required DateTimeOffset FrozenAt { get; init; }

    public Guid LeafId { get; init; }

    /// <summary>SHA-256 of the CSV, <c>sha256:</c> and hex; null until it was read whole once.</summary>
    public string? DataDigest { get; init; }

    public long? Rows { get; init; }

    public DateTimeOffset? SealedAt { get; init; }

    public byte[] FrozenPayload() => CanonicalObject.Of(
        ("act", Frozen), ("as_of", AsOf), ("by", RequestedBy), ("from", From), ("frozen_at", FrozenAt), ("id", Id), ("maturity_us", Maturity), ("model", Model), ("namespace", Namespace), ("to", To), ("v", 1));

    public byte[] SealedPayload() => CanonicalObject.Of(("act", Sealed), ("data_digest", DataDigest), ("id", Id), ("namespace", Namespace), ("rows", Rows), ("sealed_at", SealedAt), ("v", 1));

    public AuditAct Act() => new() { Namespace = Namespace, Kind = Frozen, At = FrozenAt, Actor = RequestedBy, Ref = Id, Payload = FrozenPayload() };

    public AuditAct SealedAct() => new() { Namespace = Namespace, Kind = Sealed, At = SealedAt!.Value, Actor = "system:retraining", Ref = Id, About = Id, Payload = SealedPayload() };
}

internal sealed class TrainingWindowConfiguration : IEntityTypeConfiguration<TrainingWindowRow>
{
    public void Configure(EntityTypeBuilder<TrainingWindowRow> builder)
    {
        builder.ToTable("training_windows");
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.Property(row => row.From).HasColumnName("received_from");
        builder.Property(row => row.To).HasColumnName("received_to");
        builder.HasIndex(row => new { row.Namespace, row.Id });
    }
}

internal static class TrainingWindowTables
{
    extension(FinObsDbContext db)
    {
        public DbSet<TrainingWindowRow> TrainingWindows => db.Set<TrainingWindowRow>();
    }
}

/// <summary>Rebuilds what was frozen.</summary>
internal sealed class TrainingWindowProjection(IDatabase database) : IAuditProjection
{
    public string Kind => TrainingWindowRow.Frozen;

    public Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken) =>
        OfAsync(database, refs, row => row.FrozenPayload(), cancellationToken);

    public static async Task<IReadOnlyDictionary<Guid, byte[]>> OfAsync(IDatabase database, IReadOnlyCollection<Guid> refs, Func<TrainingWindowRow, byte[]> payload, CancellationToken cancellationToken)
    {
        Guid[] wanted = [.. refs];
        await using FinObsDbContext db = database.CreateContext();
        List<TrainingWindowRow> rows = await db.TrainingWindows.Where(row => EF.Parameter(wanted).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        return rows.ToDictionary(row => row.Id, payload);
    }
}

/// <summary>Rebuilds what its first reading found.</summary>
internal sealed class SealedWindowProjection(IDatabase database) : IAuditProjection
{
    public string Kind => TrainingWindowRow.Sealed;

    public Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken) =>
        TrainingWindowProjection.OfAsync(database, refs, row => row.SealedPayload(), cancellationToken);
}
