using System.Diagnostics.Metrics;
using FinObs.DataPlane.Pulls.Store;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Telemetry;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Pulls;

/// <summary>How all sources stand: for the gauges, and as a part of <c>GET /webhooks/status</c>. The tables are read every few seconds, not by whoever asks for a gauge.</summary>
internal sealed partial class PullFigures(IDatabase database, PullStore store, TimeProvider time, ILogger<PullFigures> logger) : BackgroundService, IStatusPart
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    private readonly Meter _meter = new(FinObsTelemetry.Name);
    private volatile IReadOnlyList<SourceFigures> _current = [];

    public string Name => "pulls";

    public async Task<object> ReadAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<SourceFigures> sources = await LookAsync(cancellationToken);
        return new PullsStatus(sources.Count, sources.Count(source => source.Suspended), sources.Count(source => source.Running), sources.Sum(source => source.Quarantined), [.. sources]);
    }

    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _meter.CreateObservableGauge(PullMetrics.LagName, () => Measure(source => source.LagSeconds), "s", "How far a source is behind.");
        _meter.CreateObservableGauge(PullMetrics.FailuresName, () => Measure(source => source.ConsecutiveFailures), "{run}", "Failed runs in a row.");
        _meter.CreateObservableGauge(PullMetrics.QuarantinedName, () => Measure(source => source.Quarantined), "{item}", "Items kept aside.");
        using PeriodicTimer timer = new(Period, time);
        do
        {
            try
            {
                _current = await LookAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Unread(logger, exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<IReadOnlyList<SourceFigures>> LookAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        List<PullSourceRow> rows = await store.AllAsync(cancellationToken);
        await using FinObsDbContext db = database.CreateContext();
        var open = await db.PullQuarantine.Where(row => row.State == QuarantineStates.Open).GroupBy(row => new { row.Namespace, row.Name })
            .Select(group => new { group.Key.Namespace, group.Key.Name, Count = group.LongCount() }).ToListAsync(cancellationToken);
        return [.. rows.Select(row => new SourceFigures(
            row.Namespace, row.Name, row.SuspendedAt is not null, row.LeaseOwner is not null && row.LeaseUntil > now, row.Failures, PullSourceHandler.LagOf(row, now)?.TotalSeconds ?? 0,
            open.Find(group => group.Namespace == row.Namespace && group.Name == row.Name)?.Count ?? 0, LastRun.Read(row.LastRun)?.Outcome, row.SuspendedAt is null ? row.NextRunAt : null))];
    }

    private IEnumerable<Measurement<double>> Measure(Func<SourceFigures, double> of) => _current.Select(source => new Measurement<double>(
        of(source), new KeyValuePair<string, object?>("finobs.namespace", source.Namespace), new KeyValuePair<string, object?>("finobs.source", source.Name)));

    [LoggerMessage(Level = LogLevel.Warning, Message = "How the sources stand could not be read; it is read again in a moment.")]
    private static partial void Unread(ILogger logger, Exception exception);
}

/// <summary>The part of <c>GET /webhooks/status</c> about pulls.</summary>
internal sealed record PullsStatus(int Sources, int Suspended, int Running, long Quarantined, IReadOnlyList<SourceFigures> Each);

/// <summary>How one source stands.</summary>
internal sealed record SourceFigures(
    string Namespace, string Name, bool Suspended, bool Running, int ConsecutiveFailures, double LagSeconds, long Quarantined, string? LastOutcome, DateTimeOffset? NextRun);
