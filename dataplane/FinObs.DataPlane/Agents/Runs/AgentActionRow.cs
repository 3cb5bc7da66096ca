using System.Security.Cryptography;
using System.Text;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Agents.Runs;

/// <summary>Something that came of a run, kept for good: what the agent found and on what, that people were asked, what was done or why not.</summary>
internal sealed record AgentActionRow
{
    public const string Kind = "agent.acted";
    public const string TableName = "agent_actions";

    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    public required Guid RunId { get; init; }

    /// <summary>The run's revision that it made: two can not follow the same state.</summary>
    public required long Revision { get; init; }

    public required AgentKind Agent { get; init; }

    public required AgentRunState State { get; init; }

    public required string Actor { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>A sentence.</summary>
    public required string Detail { get; init; }

    public Guid? ApprovalId { get; init; }

    public bool Simulation { get; init; }

    /// <summary>Canonical JSON, see <see cref="Findings.AgentFinding"/>; null where it was found before.</summary>
    public string? Finding { get; init; }

    /// <summary>What the agent was shown, in canonical JSON: with it anybody can check the claims again.</summary>
    public string? Evidence { get; init; }

    public Guid LeafId { get; init; }

    public byte[] Payload() => CanonicalObject.Of(
        ("act", Kind), ("actor", Actor), ("agent", Agent.OnTheWire()), ("approval", ApprovalId), ("at", At), ("detail", Detail), ("evidence_sha256", Sha256(Evidence)), ("finding_sha256", Sha256(Finding)),
        ("id", Id), ("namespace", Namespace), ("revision", Revision), ("run", RunId), ("simulation", Simulation), ("state", State), ("v", 1));

    /// <param name="about">The case or the decision that it is a part of the story of; null: the run itself.</param>
    /// <param name="traceparent">The trace of what began it.</param>
    public AuditAct Act(Guid? about, string? traceparent) => new()
    {
        Namespace = Namespace,
        Kind = Kind,
        At = At,
        Actor = Actor,
        Ref = Id,
        About = about ?? RunId,
        Payload = Payload(),
        Traceparent = traceparent,
    };

    private static string? Sha256(string? text) => text is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

internal sealed class AgentActionConfiguration : IEntityTypeConfiguration<AgentActionRow>
{
    public void Configure(EntityTypeBuilder<AgentActionRow> builder)
    {
        builder.ToTable(AgentActionRow.TableName);
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.Property(row => row.At).HasColumnName("acted_at");
        builder.HasIndex(row => new { row.RunId, row.Revision }).IsUnique();
    }
}

/// <summary>What agents found and what came of it stays readable.</summary>
internal sealed class AgentSchema : ISchemaExtra
{
    public IEnumerable<string> Statements(DatabaseKind kind) => AppendOnlyTables.Statements(kind, AgentActionRow.TableName);
}

/// <summary>Rebuilds what came of runs; findings and evidence are hashed anew, so that a changed one is noticed.</summary>
internal sealed class AgentActionProjection(IDatabase database) : IAuditProjection
{
    public string Kind => AgentActionRow.Kind;

    public async Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken)
    {
        Guid[] wanted = [.. refs];
        await using FinObsDbContext db = database.CreateContext();
        List<AgentActionRow> rows = await db.AgentActions.Where(row => EF.Parameter(wanted).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        return rows.ToDictionary(row => row.Id, row => row.Payload());
    }
}
