using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Outbox;

internal static class OutboxTables
{
    extension(FinObsDbContext db)
    {
        public DbSet<OutboxMessage> Outbox => db.Set<OutboxMessage>();

        public DbSet<StreamEvent> Events => db.Set<StreamEvent>();

        public DbSet<EventCounter> EventCounters => db.Set<EventCounter>();
    }

    internal sealed class OutboxMessageConfiguration : IEntityTypeConfiguration<OutboxMessage>
    {
        public void Configure(EntityTypeBuilder<OutboxMessage> builder)
        {
            builder.ToTable("outbox");
            builder.HasKey(m => m.Id);
            builder.Property(m => m.Id).ValueGeneratedNever();
        }
    }

    internal sealed class StreamEventConfiguration : IEntityTypeConfiguration<StreamEvent>
    {
        public void Configure(EntityTypeBuilder<StreamEvent> builder)
        {
            builder.ToTable("events");
            builder.HasKey(e => new { e.Namespace, e.EventId });
            builder.Property(e => e.EventId).ValueGeneratedNever();
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
