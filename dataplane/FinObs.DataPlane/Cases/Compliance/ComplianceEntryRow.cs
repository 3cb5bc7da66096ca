using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Cases.Compliance;

/// <summary>An entry of the compliance log: what compliance has to look at, and what came of it.</summary>
internal sealed record ComplianceEntryRow
{
    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    /// <summary>E.g. <c>case_resolved</c>, or a name of the writer's own.</summary>
    public required string EventType { get; init; }

    public required CaseSeverity Severity { get; init; }

    public required string Description { get; init; }

    /// <summary>More, in canonical JSON.</summary>
    public byte[]? Meta { get; init; }

    /// <summary>Kind of what it is about, e.g. <c>case</c>.</summary>
    public string? EntityType { get; init; }

    public string? EntityId { get; init; }

    /// <summary>What it was written for, where that is to be written once; null for entries of people.</summary>
    public string? Origin { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public bool Resolved { get; init; }

    public DateTimeOffset? ResolvedAt { get; init; }

    public string? ResolvedBy { get; init; }

    public string? Notes { get; init; }

    public Guid LeafId { get; init; }

    public Guid? ResolutionLeafId { get; init; }

    public byte[] Payload() => CanonicalObject.Of(
        ("at", CreatedAt), ("by", CreatedBy), ("description", Description), ("entity_id", EntityId), ("entity_type", EntityType), ("event_type", EventType),
        ("meta", Meta is null ? null : System.Text.Encoding.UTF8.GetString(Meta)), ("namespace", Namespace), ("severity", Severity), ("v", 1));

    public byte[] ResolutionPayload() => CanonicalObject.Of(("at", ResolvedAt), ("by", ResolvedBy), ("entry", Id), ("namespace", Namespace), ("notes", Notes), ("v", 1));

    public AuditAct Act() => new()
    {
        Namespace = Namespace,
        Kind = ComplianceKinds.Logged,
        At = CreatedAt,
        Actor = CreatedBy,
        Ref = Id,
        About = Guid.TryParse(EntityId, out Guid about) ? about : null,
        Payload = Payload(),
    };
}

internal static class ComplianceKinds
{
    public const string Logged = "compliance.logged";
    public const string Resolved = "compliance.resolved";

    // Event types of entries that are written by themselves.
    public const string CaseResolved = "case_resolved";
    public const string ApprovalRejected = "approval_rejected";
    public const string CallbackDisabled = "callback_disabled";
}

internal static class ComplianceTables
{
    extension(FinObsDbContext db)
    {
        public DbSet<ComplianceEntryRow> ComplianceLog => db.Set<ComplianceEntryRow>();
    }
}

internal sealed class ComplianceEntryConfiguration : IEntityTypeConfiguration<ComplianceEntryRow>
{
    public void Configure(EntityTypeBuilder<ComplianceEntryRow> builder)
    {
        builder.ToTable("compliance_log");
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.HasIndex(row => new { row.Namespace, row.Resolved, row.Id });
        builder.HasIndex(row => new { row.Namespace, row.Origin }).IsUnique().HasFilter("origin IS NOT NULL");
    }
}

/// <summary>Rebuilds entries, and what came of them.</summary>
internal sealed class ComplianceProjection(IDatabase database, string kind, Func<ComplianceEntryRow, byte[]> payload) : IAuditProjection
{
    public string Kind => kind;

    public async Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken)
    {
        Guid[] wanted = [.. refs];
        await using FinObsDbContext db = database.CreateContext();
        List<ComplianceEntryRow> rows = await db.ComplianceLog.Where(row => EF.Parameter(wanted).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        return rows.ToDictionary(row => row.Id, payload);
    }
}
