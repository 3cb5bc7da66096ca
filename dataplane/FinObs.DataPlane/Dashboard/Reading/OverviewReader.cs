using FinObs.DataPlane.Access;
using FinObs.DataPlane.Approvals;
using FinObs.DataPlane.Approvals.Api;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Dashboard.Parts;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Monitoring.Windows;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Artifacts;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>Reads the overview from what the slices keep: windows, decisions, drift checks, requests, deliveries.</summary>
internal sealed class OverviewReader(IDatabase database, ModelRouter router, DriftReader drift, DeliveriesReader deliveries, TimeProvider time)
{
    /// <summary>The newest scores, for the shape of their tail.</summary>
    private const int MostScores = 10_000;

    private const int MostApprovals = 4;
    private const int MostMarks = 50;

    public async Task<OverviewModel?> ReadAsync(string @namespace, OverviewRange range, Viewer who, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        await using FinObsDbContext db = database.CreateContext();
        List<FlowBar> bars = await BarsAsync(db, @namespace, range, now, cancellationToken);
        DateTimeOffset from = bars[0].From;
        OverviewModel model = new()
        {
            Range = range.Name,
            At = now,
            State = "none",
            Sentences = [],
            Bars = bars,
            Deployments = await db.ModelRouteChanges.Where(change => change.Namespace == @namespace && change.ChangedAt >= from).OrderByDescending(change => change.Generation)
                .Select(change => change.ChangedAt).Take(MostMarks).ToListAsync(cancellationToken),
            Tail = await TailAsync(db, @namespace, cancellationToken),
            Latency = Latency(@namespace),
            Drift = who.May(Permissions.ModelRead) ? await drift.LastAsync(@namespace, cancellationToken) : null,
            Approvals = who.May(Permissions.ApprovalRead) ? await ApprovalsAsync(db, @namespace, who.AsVoter(), cancellationToken) : [],
            Deliveries = who.May(Permissions.DeliveryRead) ? await deliveries.LinesAsync(@namespace, cancellationToken) : [],
        };
        VerdictSentence[] sentences = [.. OverviewVerdict.Of(model, range)];
        return model with { Sentences = sentences, State = sentences[0].State };
    }

    /// <summary>Whole bars up to the one under way, empty ones too.</summary>
    private static async Task<List<FlowBar>> BarsAsync(FinObsDbContext db, string @namespace, OverviewRange range, DateTimeOffset now, CancellationToken cancellationToken)
    {
        DateTimeOffset last = new(now.UtcTicks - (now.UtcTicks % range.Bar.Ticks), TimeSpan.Zero);
        DateTimeOffset from = last - range.Length + range.Bar;
        List<FlowBar> counts = range.Bar < TimeSpan.FromHours(1)
            ? await db.WindowBuckets.Where(row => row.Namespace == @namespace && row.Role == WindowRole.Decided && row.Start >= from).GroupBy(row => row.Start)
                .Select(group => new FlowBar(group.Key, group.Sum(row => row.Approved), group.Sum(row => row.Review), group.Sum(row => row.Blocked))).ToListAsync(cancellationToken)
            : await db.WindowHours.Where(row => row.Namespace == @namespace && row.Role == WindowRole.Decided && row.Start >= from).GroupBy(row => row.Start)
                .Select(group => new FlowBar(group.Key, group.Sum(row => row.Approved), group.Sum(row => row.Review), group.Sum(row => row.Blocked))).ToListAsync(cancellationToken);
        ILookup<long, FlowBar> byBar = counts.ToLookup(count => (count.From - from).Ticks / range.Bar.Ticks);
        int bars = (int)(range.Length.Ticks / range.Bar.Ticks);
        return [.. Enumerable.Range(0, bars).Select(i => new FlowBar(from + (i * range.Bar), byBar[i].Sum(one => one.Approved), byBar[i].Sum(one => one.Review), byBar[i].Sum(one => one.Blocked)))];
    }

    private async Task<TailModel> TailAsync(FinObsDbContext db, string @namespace, CancellationToken cancellationToken)
    {
        EngineIdentity? engine = router.Route(@namespace)?.Identity;
        DecisionThresholds thresholds = engine?.Thresholds ?? DecisionThresholds.Default;
        List<double> scores = await db.Decisions.Where(row => row.Namespace == @namespace && row.Score != null).OrderByDescending(row => row.Id).Select(row => row.Score!.Value).Take(MostScores)
            .ToListAsync(cancellationToken);
        int[] counts = new int[TailModel.PerDecade * TailModel.Decades];
        foreach (double score in scores)
        {
            counts[Math.Min(counts.Length - 1, (int)(Words.TailOf(score) * TailModel.PerDecade))]++;
        }

        return new TailModel(engine?.ModelVersion, thresholds.ReviewAt, thresholds.BlockAt, scores.Count, scores.Count(score => score >= thresholds.ReviewAt), counts);
    }

    private LatencyModel Latency(string @namespace) =>
        router.Route(@namespace)?.Health is { } health ? new LatencyModel(health.P99(), health.Scored, health.Failed) : new LatencyModel(null, 0, 0);

    private static async Task<List<WaitingApproval>> ApprovalsAsync(FinObsDbContext db, string @namespace, Voter me, CancellationToken cancellationToken)
    {
        ApprovalQuery open = new(@namespace, nameof(ApprovalStatus.Pending), null, null, null, false, null, null);
        _ = open.Problem(); // reads the filters
        HashSet<Guid> mine = [.. await (open with { Mine = true }).Apply(db, me).Select(row => row.Id).ToListAsync(cancellationToken)];
        List<ApprovalRequestRow> rows = await open.Apply(db, me).ToListAsync(cancellationToken);
        return
        [
            .. rows.OrderByDescending(row => mine.Contains(row.Id)).ThenBy(row => row.CreatedAt).Take(MostApprovals)
                .Select(row => new WaitingApproval(row.Id, row.Summary, row.Action, row.CreatedAt, row.ExpiresAt, mine.Contains(row.Id))),
        ];
    }
}
