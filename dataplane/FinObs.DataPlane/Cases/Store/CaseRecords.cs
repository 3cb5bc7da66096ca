using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Cases.Store;

/// <summary>A flagged transaction and the one case that it belongs to: seen twice, it is there once.</summary>
internal sealed record CaseTransactionRow
{
    public required Guid TransactionRef { get; init; }

    public required Guid CaseId { get; init; }

    public required Decision Decision { get; init; }

    public double? Score { get; init; }

    public required DateTimeOffset AddedAt { get; init; }

    /// <summary>The decision's own leaf.</summary>
    public required Guid LeafId { get; init; }
}

/// <summary>Something that was done to a case, kept for good.</summary>
internal sealed record CaseActivityRow
{
    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    public required Guid CaseId { get; init; }

    /// <summary>Of <see cref="CaseKinds"/>.</summary>
    public required string Kind { get; init; }

    public required string Actor { get; init; }

    public required DateTimeOffset At { get; init; }

    public string? OldValue { get; init; }

    public string? NewValue { get; init; }

    public string? Comment { get; init; }

    /// <summary>Ids that belong to it, each between line ends.</summary>
    public string? Items { get; init; }

    public Guid LeafId { get; init; }

    public byte[] Payload() => CanonicalObject.Of(
        ("actor", Actor), ("at", At), ("case", CaseId), ("comment", Comment), ("items", Items), ("kind", Kind), ("namespace", Namespace), ("new", NewValue), ("old", OldValue), ("v", 1));

    public AuditAct Act(string? account, string? traceparent = null) => new()
    {
        Namespace = Namespace,
        Kind = Kind,
        At = At,
        Actor = Actor,
        Subject = account,
        Ref = Id,
        About = CaseId,
        Payload = Payload(),
        Traceparent = traceparent,
        Topic = CaseKinds.Told.Contains(Kind) ? Kind : null,
    };
}

/// <summary>What can be done to a case.</summary>
internal static class CaseKinds
{
    public const string Opened = "case.opened";
    public const string Grew = "case.grew";
    public const string Assigned = "case.assigned";
    public const string Escalated = "case.escalated";
    public const string Commented = "case.commented";
    public const string Snoozed = "case.snoozed";
    public const string DueSet = "case.due_set";
    public const string PrioritySet = "case.priority_set";
    public const string SeveritySet = "case.severity_set";
    public const string StatusSet = "case.status_set";
    public const string DetailsSet = "case.details_set";
    public const string Locked = "case.locked";
    public const string Unlocked = "case.unlocked";
    public const string Resolved = "case.resolved";
    public const string Reopened = "case.reopened";

    public static readonly string[] All =
        [Opened, Grew, Assigned, Escalated, Commented, Snoozed, DueSet, PrioritySet, SeveritySet, StatusSet, DetailsSet, Locked, Unlocked, Resolved, Reopened];

    /// <summary>Events of the stream too; their subject is the activity.</summary>
    public static readonly string[] Told = [Opened, Escalated, Resolved, Reopened];
}

/// <summary>The last number given in a namespace.</summary>
internal sealed record CaseCounterRow
{
    public required string Namespace { get; init; }

    public required long LastNumber { get; init; }
}

internal sealed class CaseTransactionConfiguration : IEntityTypeConfiguration<CaseTransactionRow>
{
    public void Configure(EntityTypeBuilder<CaseTransactionRow> builder)
    {
        builder.ToTable("case_transactions");
        builder.HasKey(row => row.TransactionRef);
        builder.Property(row => row.TransactionRef).ValueGeneratedNever();
        builder.HasIndex(row => new { row.CaseId, row.TransactionRef });
    }
}

internal sealed class CaseActivityConfiguration : IEntityTypeConfiguration<CaseActivityRow>
{
    public void Configure(EntityTypeBuilder<CaseActivityRow> builder)
    {
        builder.ToTable("case_activities");
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.HasIndex(row => new { row.CaseId, row.Id });
    }
}

internal sealed class CaseCounterConfiguration : IEntityTypeConfiguration<CaseCounterRow>
{
    public void Configure(EntityTypeBuilder<CaseCounterRow> builder)
    {
        builder.ToTable("case_counters");
        builder.HasKey(row => row.Namespace);
    }
}

/// <summary>What was done to a case is a record.</summary>
internal sealed class CaseSchema : ISchemaExtra
{
    public IEnumerable<string> Statements(DatabaseKind kind) => AppendOnlyTables.Statements(kind, "case_activities");
}

/// <summary>Rebuilds what was done to cases.</summary>
internal sealed class CaseProjection(IDatabase database, string kind) : IAuditProjection
{
    public string Kind => kind;

    public async Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken)
    {
        Guid[] wanted = [.. refs];
        await using FinObsDbContext db = database.CreateContext();
        List<CaseActivityRow> rows = await db.CaseActivities.Where(row => EF.Parameter(wanted).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        return rows.ToDictionary(row => row.Id, row => row.Payload());
    }
}
