using System.Text.Json;
using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Approvals.Store;

/// <summary>How far a request is.</summary>
internal enum ApprovalStatus
{
    /// <summary>People are asked.</summary>
    Pending,

    /// <summary>All agreed. What was approved is done at once; a simulation ends here, because nothing is done.</summary>
    Approved,

    Rejected,

    Expired,

    /// <summary>Whoever asked took it back.</summary>
    Cancelled,

    /// <summary>What was approved was done, in the same commit.</summary>
    Executed,

    /// <summary>It could not be done however often it was tried.</summary>
    Failed,

    /// <summary>What was approved can no longer be done as it was approved.</summary>
    Impossible,
}

/// <summary>A request for approval. What is asked never changes; how far it is changes by compare-and-swap on <see cref="Generation"/>.</summary>
internal sealed record ApprovalRequestRow
{
    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    public required string Action { get; init; }

    public required string Target { get; init; }

    public required string Summary { get; init; }

    /// <summary>Exactly what, in canonical JSON.</summary>
    public required byte[] Payload { get; init; }

    /// <summary>What it rests on, in canonical JSON; null where nothing was given.</summary>
    public byte[]? Evidence { get; init; }

    public string? ModelDigest { get; init; }

    /// <summary>See <see cref="BoundHash"/>.</summary>
    public required string BoundHash { get; init; }

    /// <summary><see cref="BoundHash"/> while it is open, else null: one open request a hash.</summary>
    public string? OpenHash { get; init; }

    public required string RequestedBy { get; init; }

    public required string Reason { get; init; }

    /// <summary>Who cannot count, each between line ends; see <see cref="NameList"/>.</summary>
    public required string Excluded { get; init; }

    /// <summary>The steps, in JSON.</summary>
    public required string Chain { get; init; }

    /// <summary>Index of the step that is waited for; the number of steps once all are granted.</summary>
    public int Step { get; init; }

    /// <summary>Roles that may decide now, each between line ends; empty once it is decided.</summary>
    public required string WaitsFor { get; init; }

    public ApprovalStatus Status { get; init; }

    /// <summary>How the people's part ended; null while they are asked.</summary>
    public ApprovalStatus? Verdict { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>In a sentence, what came of it.</summary>
    public string? Outcome { get; init; }

    public bool Simulation { get; init; }

    /// <summary>No access was configured when it was asked: there were no two people.</summary>
    public bool Development { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? EscalateAt { get; init; }

    public string? EscalateTo { get; init; }

    public DateTimeOffset? EscalatedAt { get; init; }

    /// <summary>What it is about, for the story in the audit log.</summary>
    public Guid? About { get; init; }

    /// <summary>One more with each change.</summary>
    public long Generation { get; init; }

    /// <summary>How often it was tried to do what was approved.</summary>
    public int Attempts { get; init; }

    /// <summary>When it is tried again.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    public string? Traceparent { get; init; }

    public Guid LeafId { get; init; }

    public IReadOnlyList<ApprovalStep> Steps() => JsonSerializer.Deserialize<ApprovalStep[]>(Chain, JsonSerializerOptions.Web)!;

    public static string ChainOf(IReadOnlyList<ApprovalStep> steps) => JsonSerializer.Serialize(steps, JsonSerializerOptions.Web);

    public ApprovedRequest Approved(IReadOnlyList<string> by) => new(Id, Namespace, Action, Target, Payload, RequestedBy, by);
}

/// <summary>Names in one column, each between line ends, so that a database can look for a whole one.</summary>
internal static class NameList
{
    public static string Of(IEnumerable<string> names)
    {
        string[] all = [.. names.Distinct(StringComparer.Ordinal)];
        return all.Length == 0 ? "" : $"\n{string.Join('\n', all)}\n";
    }

    public static string Item(string name) => $"\n{name}\n";

    public static string[] Read(string list) => list.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

internal sealed class ApprovalRequestConfiguration : IEntityTypeConfiguration<ApprovalRequestRow>
{
    public void Configure(EntityTypeBuilder<ApprovalRequestRow> builder)
    {
        builder.ToTable("approval_requests");
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.HasIndex(row => new { row.Namespace, row.OpenHash }).IsUnique().HasFilter("open_hash IS NOT NULL");
        builder.HasIndex(row => new { row.Namespace, row.Status, row.Id });
        builder.HasIndex(row => row.About).HasFilter("about IS NOT NULL");
    }
}

internal static class ApprovalTables
{
    extension(FinObsDbContext db)
    {
        public DbSet<ApprovalRequestRow> ApprovalRequests => db.Set<ApprovalRequestRow>();

        public DbSet<ApprovalVoteRow> ApprovalVotes => db.Set<ApprovalVoteRow>();
    }
}
