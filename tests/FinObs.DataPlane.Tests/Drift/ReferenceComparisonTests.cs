using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Drift.Checks;
using FinObs.DataPlane.Monitoring.Windows;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Monitoring;
using FinObs.Scoring.Explanation;

namespace FinObs.DataPlane.Tests.Drift;

/// <summary>What is compared with the sample that a version keeps: its rows one by one, and its reasons.</summary>
public sealed class ReferenceComparisonTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Exact_figures_are_of_the_stored_vectors_of_the_window(DatabaseKind kind)
    {
        await using MonitoringWorld world = await MonitoringWorld.StartAsync(kind);
        DateTimeOffset from = world.Slice.Time.GetUtcNow();
        await world.SendAsync(150);
        List<DecisionRow> decisions = await world.DecisionsAsync();
        world.Slice.Time.Advance(TimeSpan.FromHours(1));
        await world.SendAsync(40);
        WindowLayout layout = (await world.AllAsync()).Layout;

        (ExactReport? report, string? problem) = await world.Slice.Get<ExactFigures>().CompareAsync("default", await world.VersionAsync(), from, from.AddMinutes(30), Stop);

        Assert.Null(problem);
        Assert.Equal((layout.Features, 150), (report!.Features.Count, report.Rows));
        float[] sample = layout.Reference!.Sample.ToRows();
        for (int f = 0; f < layout.Features; f++)
        {
            if (report.Features[f].Categorical)
            {
                continue;
            }

            double[] reference = [.. Enumerable.Range(0, report.ReferenceRows).Select(i => (double)sample[(i * layout.Features) + f])];
            double[] current = [.. decisions.Select(row => (double)FeatureBytes.Read(row.Features)[f])];
            Assert.Equal(Distance(reference, current), report.Features[f].Statistic, 1e-12);
        }
    }

    [Fact]
    public async Task A_model_that_gives_other_reasons_is_told_from_one_that_does_not()
    {
        await using MonitoringWorld world = await MonitoringWorld.StartAsync(DatabaseKind.Sqlite);
        WindowLayout layout = (await world.AllAsync()).Layout;
        float[] rows = layout.Reference!.Sample.ToRows();
        int half = layout.Reference.Sample.Rows / 2 * layout.Features;

        AttributionDrift? same = AttributionDrift.Of(Explained(layout, rows.AsSpan(half)), 0.1, 100);
        for (int at = 0; at < rows.Length; at += layout.Features)
        {
            rows[at] = (float)layout.Reference.Features[0].Max * 10;
        }

        AttributionDrift? moved = AttributionDrift.Of(Explained(layout, rows), 0.1, 100);

        Assert.False(same!.Verdict.Drifts, $"{same.Verdict.Value}");
        Assert.True(same.Verdict.Value < 0.05, $"{same.Verdict.Value}");
        Assert.True(moved!.Verdict.Drifts, $"{moved.Verdict.Value}");
        Assert.Equal(1, moved.Shares.Sum(share => share.Share), 1e-9);
        Assert.Null(AttributionDrift.Of(new WindowCounts(layout), 0.1, 100));
    }

    private static WindowCounts Explained(WindowLayout layout, ReadOnlySpan<float> rows)
    {
        WindowCounts window = new(layout);
        foreach (ScoreExplanation explanation in layout.Ensemble!.ExplainRows(rows))
        {
            window.Attributed(explanation.Contributions);
        }

        return window;
    }

    /// <summary>By its definition: at each value the share of each list that is not above it.</summary>
    private static double Distance(double[] a, double[] b) =>
        a.Concat(b).Distinct().Max(at => Math.Abs((a.Count(value => value <= at) / (double)a.Length) - (b.Count(value => value <= at) / (double)b.Length)));
}
