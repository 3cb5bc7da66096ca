using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Drift.Checks;
using FinObs.DataPlane.Ledger.Labels;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Monitoring;

namespace FinObs.DataPlane.Tests.Drift;

/// <summary>Decisions against labels that are old enough.</summary>
public sealed class LabelPerformanceTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Figures_are_those_of_the_labelled_decisions_that_are_old_enough(DatabaseKind kind)
    {
        await using MonitoringWorld world = await MonitoringWorld.StartAsync(kind);
        await world.SendAsync(300);
        List<DecisionRow> decisions = await world.DecisionsAsync();
        world.Slice.Time.Advance(TimeSpan.FromHours(30));
        await world.SendAsync(50);
        await LabelAsync(world);

        DateTimeOffset to = Start.AddHours(36);
        int flagged = decisions.Count(row => row.Decision != Decision.Approve), frauds = decisions.Count(IsFraud);
        int caught = decisions.Count(row => IsFraud(row) && row.Decision != Decision.Approve);
        int top = decisions.OrderByDescending(row => row.Score).ThenBy(row => row.Id).Take(flagged).Count(IsFraud);

        Assert.Equal((300, caught, frauds), await FigureAsync(world, PerformanceMetric.Recall, to));
        Assert.Equal((300, flagged - caught, 300 - frauds), await FigureAsync(world, PerformanceMetric.FalsePositiveRate, to));
        Assert.Equal((300, top, flagged), await FigureAsync(world, PerformanceMetric.PrecisionAtK, to));
        (PerformanceDrift? none, string? why) = await JudgeAsync(world, PerformanceMetric.Recall, Start.AddHours(90));
        Assert.Null(none);
        Assert.Contains("0 labelled transactions", why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PerformanceMetric.Recall, 41, 200, true)]
    [InlineData(PerformanceMetric.Recall, 58, 200, false)]
    [InlineData(PerformanceMetric.Recall, 0, 3, false)]
    [InlineData(PerformanceMetric.FalsePositiveRate, 41, 200, false)]
    [InlineData(PerformanceMetric.FalsePositiveRate, 90, 200, true)]
    internal void Worse_than_the_limit_counts_where_it_is_no_chance(PerformanceMetric metric, int hits, int of, bool drifts)
    {
        DriftPerformance wanted = new() { Metric = metric, MinValue = 0.3m };
        Assert.Equal(drifts, LabelPerformance.Judge(wanted, 0.01, Figure(hits, of), null).Verdict.Drifts);
    }

    [Fact]
    public void A_fall_against_before_counts_although_the_limit_is_kept()
    {
        DriftPerformance wanted = new() { Metric = PerformanceMetric.Recall, MinValue = 0.3m };
        Assert.True(LabelPerformance.Judge(wanted, 0.01, Figure(120, 200), Figure(180, 200)).Verdict.Drifts);
        Assert.False(LabelPerformance.Judge(wanted, 0.01, Figure(165, 200), Figure(180, 200)).Verdict.Drifts);
        Assert.False(LabelPerformance.Judge(wanted, 0.01, Figure(180, 200), Figure(120, 200)).Verdict.Drifts);
    }

    private static LabelledFigure Figure(int hits, int of) => new(Start, Start, of, hits, of);

    private static bool IsFraud(DecisionRow row) => row.Id.ToByteArray()[15] % 3 == 0;

    private static async Task LabelAsync(MonitoringWorld world)
    {
        await using FinObsDbContext db = world.Slice.Database.CreateContext();
        db.AddRange((await world.DecisionsAsync()).Select(row => new TransactionLabelRow
        {
            TransactionRef = row.Id,
            Namespace = "default",
            Revision = 1,
            Label = IsFraud(row) ? TransactionLabel.Fraud : TransactionLabel.Legitimate,
            Source = LabelSources.Feedback,
            At = Start,
        }));
        await db.SaveChangesAsync(Stop);
    }

    private static async Task<(int, int, int)> FigureAsync(MonitoringWorld world, PerformanceMetric metric, DateTimeOffset to)
    {
        (PerformanceDrift? drift, string? why) = await JudgeAsync(world, metric, to);
        Assert.True(drift is not null, why);
        return (drift.Now.Labelled, drift.Now.Hits, drift.Now.Of);
    }

    private static async Task<(PerformanceDrift? Drift, string? LeftOut)> JudgeAsync(MonitoringWorld world, PerformanceMetric metric, DateTimeOffset to)
    {
        DriftPolicySpec spec = new() { ModelRef = new ModelRef { Model = "fraud" }, Performance = new DriftPerformance { LabelMaturity = Duration.Hours(24), MinLabelled = 200, Metric = metric } };
        return await world.Slice.Get<LabelPerformance>().JudgeAsync("default", spec, await world.VersionAsync(), to, Stop);
    }
}
