using System.Security.Cryptography;
using System.Text;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Replay.Backtests;

/// <summary>A backtest and what it found. Written once: thresholds are argued over with it.</summary>
internal sealed record BacktestRow
{
    public const string Kind = "model.backtested";
    public const string TableName = "backtests";

    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    public required string Model { get; init; }

    /// <summary>Null: the stored scores stood.</summary>
    public string? Version { get; init; }

    /// <summary>Of the artifact that scored.</summary>
    public string? Digest { get; init; }

    /// <summary>What computed the scores; null as <see cref="Version"/>.</summary>
    public string? Engine { get; init; }

    public required double ReviewAt { get; init; }

    public required double BlockAt { get; init; }

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    public string? DecidedBy { get; init; }

    /// <summary>Whole microseconds; labels of younger transactions did not count.</summary>
    public required long Maturity { get; init; }

    /// <summary>JSON of a <see cref="BacktestReport"/>.</summary>
    public required string Report { get; init; }

    public required string By { get; init; }

    public required DateTimeOffset At { get; init; }

    public Guid LeafId { get; init; }

    /// <summary><c>sha256:</c> of <see cref="Report"/>; hashed anew each time, so that a changed one is noticed.</summary>
    public string ReportDigest => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Report)))}";

    public AuditAct Act() => new() { Namespace = Namespace, Kind = Kind, At = At, Actor = By, Ref = Id, Payload = Payload() };

    public byte[] Payload() => CanonicalObject.Of(
        ("act", Kind), ("at", At), ("block_at", BlockAt), ("by", By), ("decided_by", DecidedBy), ("digest", Digest), ("engine", Engine), ("from", From), ("id", Id), ("maturity_us", Maturity),
        ("model", Model), ("namespace", Namespace), ("report", ReportDigest), ("review_at", ReviewAt), ("to", To), ("v", 1), ("version", Version));
}

internal sealed class BacktestConfiguration : IEntityTypeConfiguration<BacktestRow>
{
    public void Configure(EntityTypeBuilder<BacktestRow> builder)
    {
        builder.ToTable(BacktestRow.TableName);
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.Property(row => row.From).HasColumnName("window_from");
        builder.Property(row => row.To).HasColumnName("window_to");
        builder.Property(row => row.By).HasColumnName("asked_by");
        builder.Property(row => row.At).HasColumnName("asked_at");
        builder.Ignore(row => row.ReportDigest);
        builder.HasIndex(row => new { row.Namespace, row.Id });
    }
}

internal static class BacktestTables
{
    extension(FinObsDbContext db)
    {
        public DbSet<BacktestRow> Backtests => db.Set<BacktestRow>();
    }
}

/// <summary>The payloads of backtests, from the live rows.</summary>
internal sealed class BacktestProjection(IDatabase database) : IAuditProjection
{
    public string Kind => BacktestRow.Kind;

    public async Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken)
    {
        Guid[] wanted = [.. refs];
        await using FinObsDbContext db = database.CreateContext();
        List<BacktestRow> rows = await db.Backtests.Where(row => EF.Parameter(wanted).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        return rows.ToDictionary(row => row.Id, row => row.Payload());
    }
}
