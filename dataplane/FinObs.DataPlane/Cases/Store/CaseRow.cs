using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Cases.Store;

/// <summary>How grave, in rising order.</summary>
internal enum CaseSeverity
{
    Low,
    Medium,
    High,
    Critical,
}

internal enum CaseStatus
{
    Open,
    Triaged,
    InProgress,
    Escalated,
    Resolved,
}

/// <summary>A case. People change it from the <see cref="Version"/> that they saw; what is added by itself counts in <see cref="Transactions"/> and leaves the version alone.</summary>
internal sealed record CaseRow
{
    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    /// <summary>1, 2, 3, … of the namespace.</summary>
    public required long Number { get; init; }

    /// <summary>What kind of trouble, e.g. <c>suspicious_transactions</c>.</summary>
    public required string Type { get; init; }

    public required string Title { get; init; }

    public string? Description { get; init; }

    public required CaseSeverity Severity { get; init; }

    /// <summary>1 is the most urgent, 5 the least.</summary>
    public required int Priority { get; init; }

    public required CaseStatus Status { get; init; }

    /// <summary>What further trouble is added to this case by, while it is open; null once it is resolved.</summary>
    public string? OpenKey { get; init; }

    /// <summary>Where it comes from: decisions, callbacks, drift, a person.</summary>
    public required string Source { get; init; }

    /// <summary>Personal: whose it is.</summary>
    public string? Account { get; init; }

    /// <summary>For a narrow index; collisions are filtered by <see cref="Account"/>.</summary>
    public long AccountHash { get; init; }

    public string? Desk { get; init; }

    public string? Trader { get; init; }

    public string? RootCause { get; init; }

    public string? DetectionMethod { get; init; }

    /// <summary>An actor.</summary>
    public string? AssignedTo { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When something was last added by itself.</summary>
    public required DateTimeOffset LastEventAt { get; init; }

    public required DateTimeOffset DueAt { get; init; }

    /// <summary>A person set it: severity no longer moves it.</summary>
    public bool DueByHand { get; init; }

    public DateTimeOffset? SnoozedUntil { get; init; }

    public DateTimeOffset? EscalatedAt { get; init; }

    public DateTimeOffset? ResolvedAt { get; init; }

    public string? ResolvedBy { get; init; }

    /// <summary>Of <see cref="CaseOutcomes"/>.</summary>
    public string? Outcome { get; init; }

    public string? Notes { get; init; }

    public Guid? DuplicateOf { get; init; }

    public string? LockedBy { get; init; }

    public DateTimeOffset? LockedUntil { get; init; }

    public long Version { get; init; } = 1;

    /// <summary>How many transactions it groups.</summary>
    public int Transactions { get; init; }

    /// <summary>Codes of all reasons, each between line ends.</summary>
    public required string Reasons { get; init; }

    /// <summary>The largest, in the base currency of the ledger.</summary>
    public double? LargestAmount { get; init; }

    public double? HighestScore { get; init; }

    public string? Traceparent { get; init; }

    public Guid LeafId { get; init; }

    public string Name => NameOf(Number);

    public static string NameOf(long number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"CASE-{number:000000}");

    /// <summary>Who holds it at that moment; null where nobody does.</summary>
    public string? HolderAt(DateTimeOffset now) => LockedUntil > now ? LockedBy : null;
}

/// <summary>How a case can end.</summary>
internal static class CaseOutcomes
{
    public const string ConfirmedFraud = "confirmed_fraud";
    public const string Legitimate = "legitimate";
    public const string Inconclusive = "inconclusive";
    public const string Duplicate = "duplicate";

    /// <summary>A technical trouble that is over.</summary>
    public const string Fixed = "fixed";

    public static readonly string[] All = [ConfirmedFraud, Legitimate, Inconclusive, Duplicate, Fixed];
}

internal sealed class CaseConfiguration : IEntityTypeConfiguration<CaseRow>
{
    public void Configure(EntityTypeBuilder<CaseRow> builder)
    {
        builder.ToTable("cases");
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.Ignore(row => row.Name);
        builder.HasIndex(row => new { row.Namespace, row.Number }).IsUnique();
        builder.HasIndex(row => new { row.Namespace, row.OpenKey }).IsUnique().HasFilter("open_key IS NOT NULL");
        builder.HasIndex(row => new { row.Namespace, row.Status, row.Id });
        builder.HasIndex(row => new { row.AccountHash, row.Id });
        builder.HasIndex(row => new { row.Namespace, row.ResolvedAt });
    }
}

internal static class CaseTables
{
    extension(FinObsDbContext db)
    {
        public DbSet<CaseRow> Cases => db.Set<CaseRow>();

        public DbSet<CaseTransactionRow> CaseTransactions => db.Set<CaseTransactionRow>();

        public DbSet<CaseActivityRow> CaseActivities => db.Set<CaseActivityRow>();

        public DbSet<CaseCounterRow> CaseCounters => db.Set<CaseCounterRow>();
    }
}
