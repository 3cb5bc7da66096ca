using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Replay;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Monitoring;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Decision = FinObs.Contracts.Transactions.Decision;

namespace FinObs.DataPlane.Tests.Replay;

/// <summary>Stored decisions, scored again.</summary>
public sealed class DecisionReplayTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task On_the_same_engine_hundreds_are_bit_equal_with_their_explanations(DatabaseKind kind)
    {
        await using MonitoringWorld world = await ReplayWorld.StartAsync(kind);
        await world.SendAsync(400);
        await world.SendAsync(1);
        List<DecisionRow> rows = await world.DecisionsAsync();
        DecisionReplay replay = Restarted(world);

        int explained = 0;
        foreach (DecisionRow row in rows)
        {
            ReplayOutcome.Replayed replayed = Assert.IsType<ReplayOutcome.Replayed>(await replay.ReplayAsync(row, Stop));
            Assert.True(replayed is { IsSameEngine: true, IsBitEqual: true, IsWithinTolerance: true, Holds: true }, $"{row.Id}: {row.Margin:R} then, {replayed.Margin:R} now");
            Assert.Equal(replayed.StoredByModel, replayed.ByModel);
            bool? same = await replay.SameExplanationAsync(replayed, Stop);
            Assert.Equal(row.Explanation is null ? null : true, same);
            explained += same == true ? 1 : 0;
        }

        Assert.Equal(401, rows.Count);
        Assert.True(explained > 20, $"Only {explained} are explained.");
    }

    [Theory]
    [InlineData(0, 0, false, true)]
    [InlineData(1.9e-6, 0, false, true)]
    [InlineData(-2.1e-6, 0, false, false)]
    [InlineData(0, 1e-6, false, true)]
    [InlineData(0, 3e-6, false, false)]
    [InlineData(9e-5, 0, true, true)]
    [InlineData(1.1e-4, 0, true, false)]
    public async Task Another_engine_has_a_tolerance_and_that_of_a_foreign_server_is_wider(double margin, double score, bool external, bool holds)
    {
        await using MonitoringWorld world = await ReplayWorld.StartAsync(DatabaseKind.Sqlite);
        await world.SendAsync(20);
        string fingerprint = external ? "server of the Open Inference Protocol; model m 1; d" : "another machine";
        await using (FinObsDbContext db = world.Slice.Database.CreateContext())
        {
            await db.Database.ExecuteSqlAsync($"UPDATE scoring_engines SET fingerprint = {fingerprint}", Stop);
        }

        // Moved to a little inside of the bound, or outside of it.
        ReplayOutcome.Replayed[] replayed = [.. await Task.WhenAll((await world.DecisionsAsync()).Select(async row => (ReplayOutcome.Replayed)await Restarted(world).ReplayAsync(row, Stop)))];
        ReplayOutcome.Replayed[] moved = [.. replayed.Select(one => one with { Margin = one.Margin + (margin * Math.Max(1, Math.Abs(one.Margin))), Score = one.Score + score })];

        Assert.All(moved, one => Assert.Equal((false, holds), (one.IsSameEngine, one.Holds)));
        Assert.Equal(margin == 0 && score == 0, moved[0].IsBitEqual);
    }

    [Fact]
    public async Task A_row_that_is_not_what_was_scored_is_a_fault_and_one_without_a_model_is_not()
    {
        await using MonitoringWorld world = await ReplayWorld.StartAsync(DatabaseKind.Sqlite);
        await world.SendAsync(1);
        await ReplayWorld.TamperAsync(world, "decisions", db => db.Database.ExecuteSqlAsync($"UPDATE decisions SET features = substr(features, 1, 8)", Stop));
        DecisionRow cut = Assert.Single(await world.DecisionsAsync());

        ReplayOutcome.NotPossible short8 = Assert.IsType<ReplayOutcome.NotPossible>(await Restarted(world).ReplayAsync(cut, Stop));
        Assert.True(short8.IsFault);
        Assert.Contains("has 2 features", short8.Why, StringComparison.Ordinal);
        DecisionRow unscored = new() { Id = cut.Id, TransactionRef = cut.Id, Namespace = "default", Decision = Decision.Review, Reasons = ReasonsJson.None };
        Assert.False(Assert.IsType<ReplayOutcome.NotPossible>(await Restarted(world).ReplayAsync(unscored, Stop)).IsFault);
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task An_artifact_whose_bytes_were_changed_computes_nothing(DatabaseKind kind)
    {
        await using MonitoringWorld world = await ReplayWorld.StartAsync(kind);
        await world.SendAsync(1);
        await ReplayWorld.TamperAsync(world, "artifacts", async db =>
        {
            byte[] zip = await db.Artifacts.Select(row => row.Zip).SingleAsync(Stop);
            zip[zip.Length / 2] ^= 1;
            await db.Database.ExecuteSqlAsync($"UPDATE artifacts SET zip = {zip}", Stop);
        });

        ReplayOutcome.NotPossible refused = Assert.IsType<ReplayOutcome.NotPossible>(await Restarted(world).ReplayAsync(Assert.Single(await world.DecisionsAsync()), Stop));
        Assert.True(refused.IsFault);
        Assert.Contains("is refused", refused.Why, StringComparison.Ordinal);
    }

    /// <summary>Nothing of the process that decided is in its memory.</summary>
    private static DecisionReplay Restarted(MonitoringWorld world) => new(
        world.Slice.Database, ActivatorUtilities.CreateInstance<EngineDirectory>(world.Slice.Services), ActivatorUtilities.CreateInstance<ModelLibrary>(world.Slice.Services));
}
