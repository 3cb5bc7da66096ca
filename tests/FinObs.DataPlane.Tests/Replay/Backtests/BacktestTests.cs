using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Decisions.Feedback;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Ledger.Labels;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Replay.Backtests;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Models;
using FinObs.DataPlane.Tests.Monitoring;
using FinObs.Scoring;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.Features;
using FinObs.Scoring.Training;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Tests.Replay.Backtests;

/// <summary>Before and after, against a recount of every row by hand.</summary>
public sealed class BacktestTests
{
    private static readonly BacktestRequest Thresholds = new(null, "fraud", null, 0.9, 0.97, null, null, null, null);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Other_thresholds_are_what_a_recount_by_hand_finds(DatabaseKind kind)
    {
        await using MonitoringWorld world = await HistoryAsync(kind);

        BacktestRow kept = await DoneAsync(world, Thresholds);

        BacktestReport report = BacktestAnswer.Of(kept).Report;
        await AssertRecountAsync(world, report, row => Level(row.Decision.Score!.Value, 0.9, 0.97));
        Assert.Equal((false, "exact", "fraud"), (report.Rescored, report.Features, kept.DecidedBy));
        Assert.True(report.Changes.Stricter > 0 && report.Labels is { Fraud: > 0, Legitimate: > 0, Immature: 0 });
        await world.Slice.VerifyAsync();
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Another_version_is_what_a_recount_by_hand_finds(DatabaseKind kind)
    {
        await using MonitoringWorld world = await HistoryAsync(kind);
        ModelArtifact other = await TrainAsync(world, schema => schema);
        await RegisterAsync(world, other);

        BacktestRow kept = await DoneAsync(world, new BacktestRequest(null, "fraud", "2.0.0", null, null, null, null, null, null));

        using IScoringModel scorer = other.Open();
        BacktestReport report = BacktestAnswer.Of(kept).Report;
        await AssertRecountAsync(world, report, row => Level(ScoreOf(scorer, row.Decision.Features!), other.Manifest.Thresholds.ReviewAt, other.Manifest.Thresholds.BlockAt));
        Assert.Equal((true, other.Digest, null, 0L), (report.Rescored, kept.Digest, kept.DecidedBy, report.Unscorable));
        Assert.True(report.Changes is { Stricter: > 0 } or { Laxer: > 0 });
    }

    [Fact]
    public async Task The_version_that_decided_changes_nothing()
    {
        await using MonitoringWorld world = await HistoryAsync(DatabaseKind.Sqlite);

        BacktestReport report = BacktestAnswer.Of(await DoneAsync(world, new BacktestRequest(null, "fraud", "1.0.0", null, null, null, null, null, null))).Report;

        Assert.Equal((300L, 0L, 0L), (report.Decisions, report.Changes.Stricter, report.Changes.Laxer));
        Assert.Empty(report.Changes.Examples);
        Assert.Equal(report.Before.Decisions, report.After.Decisions);
        Assert.Equal(report.Before.Flagged, report.After.Flagged);
    }

    [Fact]
    public async Task Only_the_window_the_tenant_and_who_is_named_count_and_young_labels_wait()
    {
        await using MonitoringWorld world = await HistoryAsync(DatabaseKind.Sqlite);
        List<DecisionRow> rows = await world.DecisionsAsync();
        DateTimeOffset second = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

        BacktestReport window = BacktestAnswer.Of(await DoneAsync(world, Thresholds with { From = second, To = second.AddDays(1) })).Report;
        Assert.Equal(rows.Count(row => row.DecidedAt >= second && row.DecidedAt < second.AddDays(1)), window.Decisions);
        Assert.Equal(new DateOnly(2026, 3, 2), Assert.Single(window.Days).Day);
        Assert.Equal(0, BacktestAnswer.Of(await DoneAsync(world, Thresholds with { Namespace = "other" })).Report.Decisions);
        BacktestReport others = BacktestAnswer.Of(await DoneAsync(world, Thresholds with { DecidedBy = "fraud@0.9.0" })).Report;
        Assert.Equal((0L, 300L), (others.Decisions, others.ByOthers));
        BacktestReport young = BacktestAnswer.Of(await DoneAsync(world, Thresholds with { LabelMaturityDays = 30 })).Report;
        Assert.Equal((0L, 100L), (young.Labels.Labelled, young.Labels.Immature));
    }

    [Fact]
    public async Task A_history_of_several_pages_is_counted_whole_and_once()
    {
        await using MonitoringWorld world = await ReplayWorld.StartAsync(DatabaseKind.Sqlite);
        for (int chunk = 0; chunk < 5; chunk++)
        {
            await world.SendAsync(900);
        }

        BacktestReport report = BacktestAnswer.Of(await DoneAsync(world, new BacktestRequest(null, "fraud", "1.0.0", 0, 2, null, null, null, null))).Report;

        await using FinObsDbContext db = world.Slice.Database.CreateContext();
        decimal[] amounts = await db.Transactions.Select(row => row.Amount).ToArrayAsync(Stop);
        Assert.Equal((4500L, 4500L), (report.Decisions, report.After.Alerts));
        Assert.Equal((double)amounts.Sum(), report.After.AmountFlagged);
    }

    [Fact]
    public async Task Vectors_of_other_features_are_refused_and_those_of_another_population_are_named()
    {
        await using MonitoringWorld world = await HistoryAsync(DatabaseKind.Sqlite);
        await RegisterAsync(world, await TrainAsync(world, schema => schema with { Names = [.. schema.Names.Reverse()] }));
        BacktestRequest request = new(null, "fraud", "2.0.0", null, null, null, null, null, null);

        BacktestOutcome.No refused = Assert.IsType<BacktestOutcome.No>(await world.Slice.Get<BacktestStore>().RunAsync(request, "me", Stop));
        Assert.Contains("300 decisions of the window were made by fraud@1.0.0, whose features are others", Assert.IsType<BacktestPlanning.Refused>(refused.Why).Why, StringComparison.Ordinal);

        await RegisterAsync(world, await TrainAsync(world, schema => schema with { Population = schema.Population with { LogMean = schema.Population.LogMean + 1 } }, "3.0.0"));
        Assert.Equal("other_population", BacktestAnswer.Of(await DoneAsync(world, request with { Version = "3.0.0" })).Report.Features);
    }

    [Fact]
    public async Task More_decisions_than_allowed_are_refused_before_anything_is_scored()
    {
        await using MonitoringWorld world = await ReplayWorld.StartAsync(DatabaseKind.Sqlite, ("Replay:MaxBacktestDecisions", "9"));
        await world.SendAsync(10);

        BacktestOutcome.No refused = Assert.IsType<BacktestOutcome.No>(await world.Slice.Get<BacktestStore>().RunAsync(Thresholds, "me", Stop));

        Assert.Contains("more than 9 decisions", Assert.IsType<BacktestPlanning.TooMuch>(refused.Why).Why, StringComparison.Ordinal);
        Assert.Empty(await world.Slice.Get<BacktestStore>().PageAsync("default", null, 10, Stop));
    }

    /// <summary>A hundred decisions on each of three days; every third is labelled, every sixth is fraud.</summary>
    private static async Task<MonitoringWorld> HistoryAsync(DatabaseKind kind)
    {
        MonitoringWorld world = await ReplayWorld.StartAsync(kind);
        for (int day = 0; day < 3; day++)
        {
            world.Slice.Time.Advance(TimeSpan.FromHours(6));
            await world.SendAsync(100);
            world.Slice.Time.Advance(TimeSpan.FromHours(18));
        }

        List<DecisionRow> rows = await world.DecisionsAsync();
        for (int i = 0; i < rows.Count; i += 3)
        {
            await world.Slice.Get<DecisionFeedback>().GiveAsync(new GivenFeedback(rows[i].Id, i % 6 == 0 ? TransactionLabel.Fraud : TransactionLabel.Legitimate, null, "chargeback", "me"), Stop);
        }

        return world;
    }

    private static async Task<BacktestRow> DoneAsync(MonitoringWorld world, BacktestRequest request)
    {
        Assert.Null(request.Problem(world.Slice.Time.GetUtcNow()));
        BacktestOutcome outcome = await world.Slice.Get<BacktestStore>().RunAsync(request, "me", Stop);
        Assert.True(outcome is BacktestOutcome.Done, ((outcome as BacktestOutcome.No)?.Why as BacktestPlanning.Refused)?.Why);
        BacktestRow done = ((BacktestOutcome.Done)outcome).Row;
        Assert.Equal(done, await world.Slice.Get<BacktestStore>().FindAsync(done.Id, Stop));
        return done;
    }

    /// <param name="world">What is stored.</param>
    /// <param name="report">To be found true.</param>
    /// <param name="model">0 approve, 1 review, 2 block, by the model alone.</param>
    private static async Task AssertRecountAsync(MonitoringWorld world, BacktestReport report, Func<Past, int> model)
    {
        await using FinObsDbContext db = world.Slice.Database.CreateContext();
        List<TransactionRow> transactions = await db.Transactions.OrderBy(row => row.Id).ToListAsync(Stop);
        Past[] rows = [.. (await world.DecisionsAsync()).Select((decision, i) => new Past(i, decision, transactions[i]))];

        // The one rule blocks above its limit, whatever the model says.
        int[] after = [.. rows.Select(row => row.Transaction.Amount > ReplayWorld.Limit ? 2 : model(row))];
        int[] before = [.. rows.Select(row => (int)row.Decision.Decision)];
        Assert.Contains(rows, row => row.Transaction.Amount > ReplayWorld.Limit);

        AssertSide(report.Before, rows, before);
        AssertSide(report.After, rows, after);
        string[] names = ["approve", "manual_review", "block"];
        for (int from = 0; from < 3; from++)
        {
            for (int to = 0; to < 3; to++)
            {
                Guid[] ids = [.. rows.Where(row => before[row.Place] == from && after[row.Place] == to).Select(row => row.Decision.Id)];
                Assert.Equal(ids.Length, report.Changes.Matrix[names[from]][names[to]]);
                Assert.Equal(from == to ? [] : ids.Take(5), report.Changes.Examples.Where(one => (int)one.Before == from && (int)one.After == to).Select(one => one.Id));
            }
        }

        Assert.Equal(rows.Count(row => after[row.Place] > before[row.Place]), report.Changes.Stricter);
        Assert.Equal(rows.Count(row => after[row.Place] < before[row.Place]), report.Changes.Laxer);
        Assert.Equal(
            rows.GroupBy(row => row.Decision.DecidedAt.Date).Select(day => (day.LongCount(), day.LongCount(row => before[row.Place] > 0), day.LongCount(row => after[row.Place] > 0))),
            report.Days.Select(day => (day.Decisions, day.AlertsBefore, day.AlertsAfter)));
        Assert.Equal((100L, 50L, 50L, 100 / 300.0), (report.Labels.Labelled, report.Labels.Fraud, report.Labels.Legitimate, report.Labels.Coverage));
    }

    private static void AssertSide(BacktestSide side, Past[] rows, int[] decided)
    {
        Assert.Equal(rows.Count(row => decided[row.Place] > 0), side.Alerts);
        Assert.Equal((double)side.Alerts / rows.Length, side.AlertShare);
        Assert.Equal(side.Alerts / 3.0, side.AlertsPerDay);
        Assert.Equal((double)rows.Where(row => decided[row.Place] > 0).Sum(row => row.Transaction.Amount), side.AmountFlagged);
        Assert.Equal((double)rows.Where(row => row.IsFraud && decided[row.Place] > 0).Sum(row => row.Transaction.Amount), side.FraudCaught);
        Assert.Equal((double)rows.Where(row => row.IsFraud && decided[row.Place] == 0).Sum(row => row.Transaction.Amount), side.FraudMissed);
        foreach ((int least, BacktestFigures figures) in ((int, BacktestFigures)[])[(1, side.Flagged), (2, side.Blocked)])
        {
            long tp = rows.Count(row => row.IsFraud && decided[row.Place] >= least), fp = rows.Count(row => row.IsLegitimate && decided[row.Place] >= least);
            Assert.Equal((tp, fp, 50 - tp, 50 - fp), (figures.TruePositives, figures.FalsePositives, figures.FalseNegatives, figures.TrueNegatives));
            Assert.Equal(tp / 50.0, figures.Recall);
        }
    }

    private static int Level(double score, double review, double block) => score >= block ? 2 : score >= review ? 1 : 0;

    private static double ScoreOf(IScoringModel scorer, byte[] features)
    {
        float[] row = new float[features.Length / 4];
        Buffer.BlockCopy(features, 0, row, 0, features.Length);
        double[] margin = new double[1], score = new double[1];
        scorer.Score(row, margin, score);
        return score[0];
    }

    /// <summary>Trained on what is stored: so it finds less of it strange than a model that never saw such traffic.</summary>
    private static async Task<ModelArtifact> TrainAsync(MonitoringWorld world, Func<FeatureSchema, FeatureSchema> schema, string version = "2.0.0")
    {
        float[][] rows = [.. (await world.DecisionsAsync()).Select(row => FeatureBytes.Read(row.Features))];
        TrainingProvenance provenance = new("a test", "sha256:" + new string('0', 64), world.Slice.Time.GetUtcNow(), "test");
        return EnsembleTrainer.Train(
            rows.SelectMany(row => row).ToArray(), rows.Length, schema(TrainedModels.Named("fraud", "1.0.0").Manifest.Features), new EnsembleOptions { Model = "fraud", Version = version, Seed = 7, Trees = 20, Sample = 128 },
            provenance, null, Stop);
    }

    private static Task<long> RegisterAsync(MonitoringWorld world, ModelArtifact artifact) => world.Slice.Get<ModelRegistry>().RegisterAsync("default", artifact, ModelOrigins.Resource, Stop);

    private sealed record Past(int Place, DecisionRow Decision, TransactionRow Transaction)
    {
        public bool IsFraud => Place % 6 == 0;

        public bool IsLegitimate => Place % 6 == 3;
    }
}
