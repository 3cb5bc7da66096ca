using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Agents.Runs;

/// <summary>How far a run is.</summary>
internal enum AgentRunState
{
    /// <summary>A worker will take it.</summary>
    Waiting,

    /// <summary>A worker has it, as long as it holds the lease.</summary>
    Running,

    /// <summary>There is a finding that proposes something; people are yet to be asked.</summary>
    Proposed,

    /// <summary>People are asked.</summary>
    Asked,

    /// <summary>What was proposed was done.</summary>
    Done,

    /// <summary>There is a finding, and nothing to be done.</summary>
    NoAction,

    /// <summary>People said no, took it back, or let its time run out.</summary>
    Refused,

    /// <summary>It was agreed to, and could no longer be done.</summary>
    Impossible,

    /// <summary>All agreed; it was a rehearsal, so nothing was done.</summary>
    Rehearsed,

    /// <summary>There is no finding: see its last action.</summary>
    Failed,
}

/// <summary>One run of an agent at one matter. What it is now; how it got there is in <see cref="AgentActionRow"/>.</summary>
internal sealed record AgentRunRow
{
    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    public required AgentKind Agent { get; init; }

    /// <summary>The case or the decision; null for a period.</summary>
    public Guid? SubjectId { get; init; }

    public DateTimeOffset? PeriodFrom { get; init; }

    public DateTimeOffset? PeriodTo { get; init; }

    /// <summary>The event that it comes from: one run an agent and event. Null where somebody asked.</summary>
    public string? Origin { get; init; }

    public required string RequestedBy { get; init; }

    /// <summary>Walk the whole way and do nothing at its end.</summary>
    public bool Simulation { get; init; }

    public required AgentRunState State { get; init; }

    /// <summary>One more with each change: a change is made from what was seen or not at all.</summary>
    public long Revision { get; init; }

    public int Attempts { get; init; }

    public required DateTimeOffset DueAt { get; init; }

    public DateTimeOffset? LeaseUntil { get; init; }

    public Guid? ApprovalId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public string? Traceparent { get; init; }

    public AgentInput Input() => Agent switch
    {
        AgentKind.IncidentTriage => new AgentInput.IncidentTriage(Namespace, SubjectId!.Value),
        AgentKind.ComplianceCheck => new AgentInput.ComplianceCheck(Namespace, SubjectId!.Value),
        AgentKind.Remediation => new AgentInput.Remediation(Namespace, SubjectId!.Value),
        _ => new AgentInput.AuditSummary(Namespace, PeriodFrom!.Value, PeriodTo!.Value),
    };

    public static AgentRunRow Of(AgentInput input, string? origin, string requestedBy, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        Namespace = input.Namespace,
        Agent = input.Kind,
        SubjectId = input switch
        {
            AgentInput.IncidentTriage triage => triage.CaseId,
            AgentInput.Remediation remediation => remediation.CaseId,
            AgentInput.ComplianceCheck check => check.DecisionId,
            _ => null,
        },
        PeriodFrom = (input as AgentInput.AuditSummary)?.From,
        PeriodTo = (input as AgentInput.AuditSummary)?.To,
        Origin = origin,
        RequestedBy = requestedBy,
        State = AgentRunState.Waiting,
        DueAt = now,
        CreatedAt = now,
    };
}

internal sealed class AgentRunConfiguration : IEntityTypeConfiguration<AgentRunRow>
{
    public void Configure(EntityTypeBuilder<AgentRunRow> builder)
    {
        builder.ToTable("agent_runs");
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.HasIndex(row => new { row.Namespace, row.Agent, row.Origin }).IsUnique().HasFilter("origin IS NOT NULL");
        builder.HasIndex(row => new { row.Namespace, row.Id });
        builder.HasIndex(row => row.SubjectId).HasFilter("subject_id IS NOT NULL");
        builder.HasIndex(row => row.DueAt).HasFilter("state IN ('Waiting', 'Running', 'Proposed', 'Asked')").HasDatabaseName("ix_agent_runs_open");
    }
}

internal static class AgentTables
{
    extension(FinObsDbContext db)
    {
        public DbSet<AgentRunRow> AgentRuns => db.Set<AgentRunRow>();

        public DbSet<AgentActionRow> AgentActions => db.Set<AgentActionRow>();
    }
}
