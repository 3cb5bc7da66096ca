using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Audit.Tree;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Audit;

internal static class AuditTables
{
    /// <summary>By far the most leaves are of this kind, and are looked up by their decision: indexes for searching leave them out.</summary>
    public const string DecisionKind = "decision.made";

    extension(FinObsDbContext db)
    {
        public DbSet<AuditLeaf> AuditLeaves => db.Set<AuditLeaf>();

        public DbSet<AuditEntry> AuditEntries => db.Set<AuditEntry>();

        public DbSet<AuditTile> AuditTiles => db.Set<AuditTile>();

        public DbSet<AuditCheckpoint> AuditCheckpoints => db.Set<AuditCheckpoint>();

        public DbSet<SubjectKeyRow> SubjectKeys => db.Set<SubjectKeyRow>();
    }

    internal sealed class AuditLeafConfiguration : IEntityTypeConfiguration<AuditLeaf>
    {
        public void Configure(EntityTypeBuilder<AuditLeaf> builder)
        {
            builder.ToTable(AuditLeaf.Table.Name);
            builder.HasKey(l => l.Id);
            builder.Property(l => l.Id).ValueGeneratedNever();
            builder.HasIndex(l => new { l.Namespace, l.Id }).HasFilter($"kind <> '{DecisionKind}'");
            builder.HasIndex(l => l.AboutId).HasFilter("about_id IS NOT NULL");
            builder.Property(l => l.Leaf).HasConversion(leaf => PackedJson.Pack(leaf), packed => PackedJson.UnpackOrKeep(packed));
        }
    }

    internal sealed class AuditEntryConfiguration : IEntityTypeConfiguration<AuditEntry>
    {
        public void Configure(EntityTypeBuilder<AuditEntry> builder)
        {
            builder.ToTable(AuditEntry.Table.Name);
            builder.HasKey(e => e.LeafIndex);
            builder.Property(e => e.LeafIndex).ValueGeneratedNever();
            builder.HasIndex(e => e.LeafId).IsUnique(); // a leaf stands once in the tree
        }
    }

    internal sealed class AuditTileConfiguration : IEntityTypeConfiguration<AuditTile>
    {
        public void Configure(EntityTypeBuilder<AuditTile> builder)
        {
            builder.ToTable(AuditTile.Table.Name);
            builder.HasKey(t => new { t.Level, t.TileIndex });
        }
    }

    internal sealed class AuditCheckpointConfiguration : IEntityTypeConfiguration<AuditCheckpoint>
    {
        public void Configure(EntityTypeBuilder<AuditCheckpoint> builder)
        {
            builder.ToTable(AuditCheckpoint.Table.Name);
            builder.HasKey(c => c.Size);
            builder.Property(c => c.Size).ValueGeneratedNever();
        }
    }

    internal sealed class SubjectKeyConfiguration : IEntityTypeConfiguration<SubjectKeyRow>
    {
        public void Configure(EntityTypeBuilder<SubjectKeyRow> builder)
        {
            builder.ToTable("subject_keys");
            builder.HasKey(k => k.Id);
            builder.Property(k => k.Id).ValueGeneratedNever();
            builder.HasIndex(k => new { k.Namespace, k.Subject }).IsUnique().HasFilter("destroyed_at IS NULL");
        }
    }
}
