using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Callbacks.Store;

internal static class CallbackTables
{
    extension(FinObsDbContext db)
    {
        public DbSet<CallbackDeliveryRow> CallbackDeliveries => db.Set<CallbackDeliveryRow>();

        public DbSet<CallbackDeadLetterRow> CallbackDeadLetters => db.Set<CallbackDeadLetterRow>();

        public DbSet<CallbackAttemptRow> CallbackAttempts => db.Set<CallbackAttemptRow>();

        public DbSet<CallbackCountRow> CallbackCounts => db.Set<CallbackCountRow>();

        public DbSet<CallbackStateRow> CallbackStates => db.Set<CallbackStateRow>();

        public DbSet<CallbackLeaseRow> CallbackLeases => db.Set<CallbackLeaseRow>();

        public DbSet<CallbackActRow> CallbackActs => db.Set<CallbackActRow>();
    }
}

/// <summary>Which replica serves a target, or that a replica is alive; nobody else touches it before the lease ends.</summary>
internal sealed record CallbackLeaseRow
{
    public required string Name { get; init; }

    public required string Owner { get; init; }

    public required DateTimeOffset Until { get; init; }
}

internal sealed class CallbackLeaseConfiguration : IEntityTypeConfiguration<CallbackLeaseRow>
{
    public void Configure(EntityTypeBuilder<CallbackLeaseRow> builder)
    {
        builder.ToTable("callback_leases");
        builder.HasKey(row => row.Name);
    }
}

/// <summary>A queue's rows live for moments: vacuumed by number, not by share. What people did to it is a record.</summary>
internal sealed class CallbackSchema : ISchemaExtra
{
    public IEnumerable<string> Statements(DatabaseKind kind) =>
    [
        .. kind == DatabaseKind.PostgreSql
            ? ["ALTER TABLE callback_deliveries SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0)"]
            : Array.Empty<string>(),
        .. AppendOnlyTables.Statements(kind, CallbackActRow.Table.Name),
    ];
}
