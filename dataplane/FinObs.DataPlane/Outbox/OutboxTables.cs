using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Outbox;

internal static class OutboxTables
{
    extension(FinObsDbContext db)
    {
        public DbSet<OutboxBlock> Outbox => db.Set<OutboxBlock>();

        public DbSet<EventBlock> Events => db.Set<EventBlock>();

        public DbSet<EventCounter> EventCounters => db.Set<EventCounter>();

        public DbSet<EventCursorRow> EventCursors => db.Set<EventCursorRow>();
    }

    internal sealed class OutboxBlockConfiguration : IEntityTypeConfiguration<OutboxBlock>
    {
        public void Configure(EntityTypeBuilder<OutboxBlock> builder)
        {
            builder.ToTable("outbox");
            builder.HasKey(m => m.Id);
            builder.Property(m => m.Id).ValueGeneratedNever();
        }
    }

    internal sealed class EventBlockConfiguration : IEntityTypeConfiguration<EventBlock>
    {
        public void Configure(EntityTypeBuilder<EventBlock> builder)
        {
            builder.ToTable("events");
            builder.HasKey(e => new { e.Namespace, e.LastId });
            builder.Property(e => e.LastId).ValueGeneratedNever();
        }
    }

    internal sealed class EventCounterConfiguration : IEntityTypeConfiguration<EventCounter>
    {
        public void Configure(EntityTypeBuilder<EventCounter> builder)
        {
            builder.ToTable("event_counters");
            builder.HasKey(c => c.Namespace);
        }
    }
}
