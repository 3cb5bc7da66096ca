using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.Operator.Policies;
using FinObs.Operator.Reconciliation;
using FinObs.Operator.Reconciliation.Api;
using static FinObs.Operator.Tests.Policies.PolicyBench;

namespace FinObs.Operator.Tests.Policies;

/// <summary>What is out of order, the status says truly and since when; everything gets there once it is in order again, and nothing is done twice.</summary>
public sealed class PolicyFaultTests : IAsyncLifetime
{
    private PolicyBench _bench = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _bench = await StartAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_data_plane_that_is_away_for_an_hour_is_said_once_asked_for_seldom_and_told_once_when_it_is_back()
    {
        await _bench.CreateSecretAsync();
        CallbackTarget target = await _bench.CreateTargetAsync();
        var one = _bench.NewOperator();
        await _bench.PassAsync(one, TimeSpan.FromSeconds(30));
        Assert.Equal("True Succeeded", Of(await _bench.FindAsync(), ConditionTypes.Ready));

        _bench.DataPlane.IsAway = true;
        DateTimeOffset away = _bench.Time.GetUtcNow();
        await _bench.Client<CallbackTarget>().MergeAsync(new ResourceKey(Namespace, target.Metadata.Name), new JsonObject { ["spec"] = new JsonObject { ["url"] = "https://other.bank.example/hook" } }, Cancel);
        int writes = _bench.StatusWrites;
        int looks = await _bench.PassAsync(one, TimeSpan.FromHours(1));
        CallbackTarget blocked = await _bench.FindAsync();
        Assert.Equal(("Unknown DataPlaneUnreachable", "True DataPlaneUnreachable"), (Of(blocked, ConditionTypes.Ready), Of(blocked, ConditionTypes.Reconciling)));
        Assert.Equal(("DataPlane", away, 1L), (blocked.Status!.BlockedOn!.Gate, blocked.Status.BlockedOn.Since, blocked.Status.ObservedGeneration));
        Assert.Equal(1, _bench.StatusWrites - writes);
        Assert.InRange(looks, 300, 400);
        Assert.Equal(looks, _bench.DataPlane.InVain);

        _bench.DataPlane.IsAway = false;
        await _bench.PassAsync(one, TimeSpan.FromSeconds(1));
        CallbackTarget well = await _bench.FindAsync();
        Assert.Equal(("True Succeeded", "none", null, 2L), (Of(well, ConditionTypes.Ready), Of(well, ConditionTypes.Reconciling), well.Status!.BlockedOn, well.Status.ObservedGeneration));
        Assert.Equal([$"{target.Metadata.Name} 1", $"{target.Metadata.Name} 2"], _bench.DataPlane.Changes);
    }

    [Fact]
    public async Task A_Secret_that_comes_late_is_waited_for_by_name_and_found()
    {
        CallbackTarget target = await _bench.CreateTargetAsync();
        var one = _bench.NewOperator();
        await _bench.PassAsync(one, TimeSpan.FromMinutes(10));
        CallbackTarget stalled = await _bench.FindAsync();
        Assert.Equal(("True SecretMissing", "Secret"), (Of(stalled, ConditionTypes.Stalled), stalled.Status!.BlockedOn!.Gate));
        Assert.Contains("finobs-sample-keys", stalled.Status.BlockedOn.Hint, StringComparison.Ordinal);
        Assert.Empty(_bench.DataPlane.Changes);
        Assert.Equal(1, _bench.StatusWrites);

        await _bench.CreateSecretAsync();
        await _bench.PassAsync(one, TimeSpan.FromSeconds(1));
        Assert.Equal(("True Succeeded", "none"), (Of(await _bench.FindAsync(), ConditionTypes.Ready), Of(await _bench.FindAsync(), ConditionTypes.Stalled)));
        Assert.Equal([$"{target.Metadata.Name} 1"], _bench.DataPlane.Changes);
    }

    /// <summary>No lease at all: two that act at once, which the fence otherwise rules out.</summary>
    [Fact]
    public async Task Two_operators_at_once_bring_it_into_force_once_and_agree_on_its_status()
    {
        await _bench.CreateSecretAsync();
        CallbackTarget target = await _bench.CreateTargetAsync();
        var operators = Enumerable.Range(0, 2).Select(_ => _bench.NewOperator()).ToArray();
        for (int round = 0; round < 20; round++)
        {
            CallbackTarget seen = await _bench.FindAsync();
            await Task.WhenAll(operators.Select(one => WithoutConflictAsync(one, seen)));
            _bench.Time.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal("True Succeeded", Of(await _bench.FindAsync(), ConditionTypes.Ready));
        Assert.Equal([$"{target.Metadata.Name} 1"], _bench.DataPlane.Changes);
        Assert.InRange(_bench.StatusWrites, 1, 2);
    }

    /// <summary>Whoever takes over has a clock that is an hour ahead, or behind.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_wrong_clock_changes_no_state_and_no_beginning(int hours)
    {
        await _bench.CreateSecretAsync();
        await _bench.CreateTargetAsync();
        _bench.DataPlane.IsAway = true;
        DateTimeOffset since = _bench.Time.GetUtcNow();
        await _bench.PassAsync(_bench.NewOperator(), TimeSpan.FromSeconds(10));

        _bench.Time.AdjustTime(since.AddHours(hours));
        var wrong = _bench.NewOperator();
        ReconcileResult result = await wrong.ReconcileAsync(await _bench.FindAsync(), Cancel);
        Assert.InRange(result.RequeueAfter!.Value, Patience.Shortest, TimeSpan.FromSeconds(10));
        Assert.Equal(since, (await _bench.FindAsync()).Status!.BlockedOn!.Since);

        _bench.DataPlane.IsAway = false;
        await wrong.ReconcileAsync(await _bench.FindAsync(), Cancel);
        Assert.Equal("True Succeeded", Of(await _bench.FindAsync(), ConditionTypes.Ready));
        Assert.Single(_bench.DataPlane.Changes);
    }

    [Fact]
    public async Task An_object_that_goes_while_the_data_plane_is_away_stays_until_it_is_let_go_and_says_how_to_do_without()
    {
        await _bench.CreateSecretAsync();
        CallbackTarget target = await _bench.CreateTargetAsync();
        var one = _bench.NewOperator();
        await _bench.PassAsync(one, TimeSpan.FromSeconds(10));
        _bench.DataPlane.IsAway = true;
        for (int look = 0; look < 5; look++)
        {
            ReconcileResult result = await one.FinalizeAsync(await _bench.FindAsync(), Cancel);
            Assert.NotNull(result.RequeueAfter);
            _bench.Time.Advance(result.RequeueAfter.Value);
        }

        Assert.Contains(WellKnown.Finalizer, (await _bench.FindAsync()).Status!.BlockedOn!.Hint, StringComparison.Ordinal);
        _bench.DataPlane.IsAway = false;
        Assert.Null((await one.FinalizeAsync(await _bench.FindAsync(), Cancel)).RequeueAfter);
        Assert.Null((await one.FinalizeAsync(await _bench.FindAsync(), Cancel)).RequeueAfter);
        Assert.Equal([target.Metadata.Name], _bench.DataPlane.Removed);
    }

    private static async Task WithoutConflictAsync(PolicyReconciler<CallbackTarget, CallbackTargetSpec, CallbackTargetStatus> reconciler, CallbackTarget seen)
    {
        try
        {
            await reconciler.ReconcileAsync(seen, Cancel);
        }
        catch (ApiException e) when (e.IsConflict)
        {
            // The other one wrote first; the queue would have it looked at again.
        }
    }
}
