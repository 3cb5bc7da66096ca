using System.Security.Cryptography;
using System.Text;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Retraining.Runs;

/// <summary>A change of a run's state, kept for good, with the report that ended it.</summary>
internal sealed record RetrainingChangeRow
{
    public const string Kind = "retraining.changed";
    public const string TableName = "retraining_changes";

    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    public required Guid RunId { get; init; }

    public required int Revision { get; init; }

    public required RunState State { get; init; }

    public required int Attempt { get; init; }

    public required string Actor { get; init; }

    public required DateTimeOffset At { get; init; }

    public string? Detail { get; init; }

    public CandidateOutcome? Candidate { get; init; }

    public string? CandidateVersion { get; init; }

    public string? ArtifactDigest { get; init; }

    /// <summary>The worker's report, JSON as it came.</summary>
    public string? Report { get; init; }

    public Guid LeafId { get; init; }

    public byte[] Payload() => CanonicalObject.Of(
        ("act", Kind), ("actor", Actor), ("artifact", ArtifactDigest), ("at", At), ("attempt", Attempt), ("candidate", Candidate), ("candidate_version", CandidateVersion), ("detail", Detail), ("id", Id),
        ("namespace", Namespace), ("report_sha256", Report is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Report)))), ("revision", Revision), ("run", RunId),
        ("state", State), ("v", 1));

    public AuditAct Act(string? traceparent) => new()
    {
        Namespace = Namespace,
        Kind = Kind,
        At = At,
        Actor = Actor,
        Ref = Id,
        About = RunId,
        Payload = Payload(),
        Traceparent = traceparent,
    };
}

internal sealed class RetrainingChangeConfiguration : IEntityTypeConfiguration<RetrainingChangeRow>
{
    public void Configure(EntityTypeBuilder<RetrainingChangeRow> builder)
    {
        builder.ToTable(RetrainingChangeRow.TableName);
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.Property(row => row.At).HasColumnName("changed_at");
        builder.HasIndex(row => new { row.RunId, row.Revision }).IsUnique();
    }
}

internal static class RetrainingTables
{
    extension(FinObsDbContext db)
    {
        public DbSet<RetrainingRunRow> RetrainingRuns => db.Set<RetrainingRunRow>();

        public DbSet<RetrainingChangeRow> RetrainingChanges => db.Set<RetrainingChangeRow>();
    }
}

/// <summary>What became of runs stays readable.</summary>
internal sealed class RetrainingSchema : ISchemaExtra
{
    public IEnumerable<string> Statements(DatabaseKind kind) => AppendOnlyTables.Statements(kind, RetrainingChangeRow.TableName);
}

/// <summary>Rebuilds what became of runs.</summary>
internal sealed class RetrainingProjection(IDatabase database) : IAuditProjection
{
    public string Kind => RetrainingChangeRow.Kind;

    public async Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken)
    {
        Guid[] wanted = [.. refs];
        await using FinObsDbContext db = database.CreateContext();
        List<RetrainingChangeRow> rows = await db.RetrainingChanges.Where(row => EF.Parameter(wanted).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        return rows.ToDictionary(row => row.Id, row => row.Payload());
    }
}
