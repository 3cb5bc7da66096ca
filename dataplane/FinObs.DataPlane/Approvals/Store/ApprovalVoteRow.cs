using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Approvals.Store;

/// <summary>One person's word on a request; written once. One person has one word in the whole chain.</summary>
internal sealed record ApprovalVoteRow
{
    public required Guid Id { get; init; }

    public required Guid RequestId { get; init; }

    public required string Namespace { get; init; }

    /// <summary>The request's generation that it was counted on: words in the order in which they were given.</summary>
    public required long Ordinal { get; init; }

    /// <summary>Index of the step it counts in.</summary>
    public required int Step { get; init; }

    public required string Actor { get; init; }

    /// <summary>The role by which it counts; empty in development.</summary>
    public required string Role { get; init; }

    public required bool Approves { get; init; }

    public required string Reason { get; init; }

    /// <summary>The hash that was shown to whoever decided.</summary>
    public required string BoundHash { get; init; }

    public bool Simulation { get; init; }

    /// <summary>Given where nobody can be told from anybody.</summary>
    public bool Development { get; init; }

    public required DateTimeOffset At { get; init; }

    public Guid LeafId { get; init; }
}

internal sealed class ApprovalVoteConfiguration : IEntityTypeConfiguration<ApprovalVoteRow>
{
    public void Configure(EntityTypeBuilder<ApprovalVoteRow> builder)
    {
        builder.ToTable("approval_votes");
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.HasIndex(row => new { row.RequestId, row.Actor }).IsUnique();
    }
}

/// <summary>What people said is a record.</summary>
internal sealed class ApprovalSchema : ISchemaExtra
{
    public IEnumerable<string> Statements(DatabaseKind kind) => AppendOnlyTables.Statements(kind, "approval_votes");
}
