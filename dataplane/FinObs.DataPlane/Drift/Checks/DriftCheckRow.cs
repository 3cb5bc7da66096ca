using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Drift;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Drift.Checks;

/// <summary>One check with its report, kept for good. The last one of a policy is also its state: how many of its checks breached, and until when it is quiet.</summary>
internal sealed record DriftCheckRow
{
    public const string Kind = "drift.checked";
    public const string TableName = "drift_checks";

    /// <summary>The event of a check that makes the model drift.</summary>
    public const string Detected = "drift.detected";

    /// <summary>The event of a first breach, where its policy has actions for a warning.</summary>
    public const string Warned = "drift.warned";

    /// <summary>Instead of a policy's name, where there is none: no resource can be called so.</summary>
    public const string DefaultPolicy = "(default)";

    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    /// <summary>Name of the policy; empty where somebody asked.</summary>
    public required string Policy { get; init; }

    /// <summary>Of the policy, or of the asking: with <see cref="DueAt"/> unique, so that two replicas make one check.</summary>
    public required string PolicyUid { get; init; }

    public required string Model { get; init; }

    public required string Version { get; init; }

    public required DateTimeOffset DueAt { get; init; }

    public required DateTimeOffset WindowFrom { get; init; }

    public required DateTimeOffset WindowTo { get; init; }

    public required DateTimeOffset CheckedAt { get; init; }

    public required string Actor { get; init; }

    public required long Samples { get; init; }

    /// <summary>False: fewer than the policy wants; then nothing was judged and nothing is counted.</summary>
    public required bool Judged { get; init; }

    public required DriftSeverity Severity { get; init; }

    public required bool Breach { get; init; }

    public required int Drifted { get; init; }

    public double? MaxPsi { get; init; }

    /// <summary>The last checks, the newest in the lowest bit.</summary>
    public required long BreachBits { get; init; }

    public required int BreachChecks { get; init; }

    public required bool Drifting { get; init; }

    public DateTimeOffset? QuietUntil { get; init; }

    /// <summary>What followed, a line each: <c>Retrain 0199…</c>.</summary>
    public required string Followed { get; init; }

    /// <summary>Canonical JSON.</summary>
    public required string Report { get; init; }

    /// <summary><c>sha256:</c> of <see cref="Report"/>.</summary>
    public required string ReportDigest { get; init; }

    public Guid LeafId { get; init; }

    public BreachCounter Counter() => new((ulong)BreachBits, BreachChecks, Drifting, QuietUntil);

    public byte[] Payload() => CanonicalObject.Of(
        ("act", Kind), ("actor", Actor), ("breach", Breach), ("breach_bits", BreachBits), ("breach_checks", BreachChecks), ("checked_at", CheckedAt), ("drifted", Drifted), ("drifting", Drifting), ("due_at", DueAt),
        ("followed", Followed), ("from", WindowFrom), ("id", Id), ("judged", Judged), ("max_psi", MaxPsi), ("model", Model), ("namespace", Namespace), ("policy", Policy), ("policy_uid", PolicyUid),
        ("quiet_until", QuietUntil), ("report", ReportDigest), ("samples", Samples), ("severity", Severity), ("to", WindowTo), ("v", 1), ("version", Version));

    /// <param name="topic">Of its event; null = none.</param>
    public AuditAct Act(string? topic) => new()
    {
        Namespace = Namespace,
        Kind = Kind,
        At = CheckedAt,
        Actor = Actor,
        Ref = Id,
        Payload = Payload(),
        Topic = topic,
    };
}

internal sealed class DriftCheckConfiguration : IEntityTypeConfiguration<DriftCheckRow>
{
    public void Configure(EntityTypeBuilder<DriftCheckRow> builder)
    {
        builder.ToTable(DriftCheckRow.TableName);
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.HasIndex(row => new { row.PolicyUid, row.DueAt }).IsUnique();
        builder.HasIndex(row => new { row.Namespace, row.Policy, row.Id });
    }
}

internal static class DriftTables
{
    extension(FinObsDbContext db)
    {
        public DbSet<DriftCheckRow> DriftChecks => db.Set<DriftCheckRow>();
    }
}

/// <summary>What was found stays readable.</summary>
internal sealed class DriftSchema : ISchemaExtra
{
    public IEnumerable<string> Statements(DatabaseKind kind) => AppendOnlyTables.Statements(kind, DriftCheckRow.TableName);
}

/// <summary>Rebuilds what checks found. The report is hashed anew, so that a changed one is noticed.</summary>
internal sealed class DriftProjection(IDatabase database) : IAuditProjection
{
    public string Kind => DriftCheckRow.Kind;

    public async Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken)
    {
        Guid[] wanted = [.. refs];
        await using FinObsDbContext db = database.CreateContext();
        List<DriftCheckRow> rows = await db.DriftChecks.Where(row => EF.Parameter(wanted).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        return rows.ToDictionary(row => row.Id, row => (row with { ReportDigest = DriftReport.DigestOf(row.Report) }).Payload());
    }
}
