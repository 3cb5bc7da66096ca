using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.Operator.Reconciliation.Api;
using k8s.Models;
using static FinObs.Operator.Tests.Policies.PolicyBench;

namespace FinObs.Operator.Tests.Policies;

/// <summary>What is settled costs one question about its status, and the API server nothing.</summary>
public sealed class PolicyRestTests : IAsyncLifetime
{
    private PolicyBench _bench = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _bench = await StartAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task At_rest_only_the_status_is_asked_for_and_every_change_is_handed_over()
    {
        await _bench.CreateSecretAsync();
        CallbackTarget target = await _bench.CreateTargetAsync();
        ResourceKey key = new(Namespace, target.Metadata.Name);
        var one = _bench.NewOperator();
        await _bench.TellOfSecretAsync();
        await _bench.PassAsync(one, TimeSpan.FromSeconds(10));
        int reads = _bench.SecretReads, writes = _bench.StatusWrites;

        Assert.InRange(await _bench.PassAsync(one, TimeSpan.FromHours(1)), 350, 370);
        Assert.Equal((1, reads, writes), (_bench.DataPlane.Submissions, _bench.SecretReads, _bench.StatusWrites));

        // A new value of its Secret, a wish to look again, a spec, and a data plane that has lost it: each once.
        await _bench.Client<V1Secret>().MergeAsync(new ResourceKey(Namespace, "finobs-sample-keys"), new JsonObject { ["data"] = new JsonObject { ["webhook"] = "Ag==" } }, Cancel);
        await _bench.TellOfSecretAsync();
        await _bench.PassAsync(one, TimeSpan.FromMinutes(1));
        Assert.Equal((2, 2), (_bench.DataPlane.Submissions, _bench.DataPlane.Changes.Count));
        await _bench.Client<CallbackTarget>().MergeAsync(key, new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [WellKnown.RequestedAt] = "now" } } }, Cancel);
        await _bench.PassAsync(one, TimeSpan.FromMinutes(1));
        Assert.Equal((3, 2), (_bench.DataPlane.Submissions, _bench.DataPlane.Changes.Count));
        await _bench.Client<CallbackTarget>().MergeAsync(key, new JsonObject { ["spec"] = new JsonObject { ["url"] = "https://other.bank.example/hook" } }, Cancel);
        await _bench.PassAsync(one, TimeSpan.FromMinutes(1));
        Assert.Equal((4, 3), (_bench.DataPlane.Submissions, _bench.DataPlane.Changes.Count));
        _bench.DataPlane.Forget();
        await _bench.PassAsync(one, TimeSpan.FromMinutes(1));
        Assert.Equal(5, _bench.DataPlane.Submissions);
        Assert.Equal("True Succeeded", Of(await _bench.FindAsync(), ConditionTypes.Ready));
    }

    [Fact]
    public async Task Whoever_takes_over_hands_everything_over_once()
    {
        await _bench.CreateSecretAsync();
        await _bench.CreateTargetAsync();
        foreach (int _ in Enumerable.Range(0, 3))
        {
            var next = _bench.NewOperator();
            await _bench.TellOfSecretAsync();
            await _bench.PassAsync(next, TimeSpan.FromMinutes(5));
        }

        Assert.Equal((3, 1), (_bench.DataPlane.Submissions, _bench.DataPlane.Changes.Count));
    }
}
