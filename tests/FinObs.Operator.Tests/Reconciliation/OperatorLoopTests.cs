using System.Collections.Concurrent;
using FinObs.Operator.Reconciliation;
using FinObs.Operator.Reconciliation.Caching;
using FinObs.Operator.Status;
using FinObs.Testing.Kubernetes;
using k8s.Models;

namespace FinObs.Operator.Tests.Reconciliation;

/// <summary>What needs a server that obeys the test: silent watches, many objects, the end of the process.</summary>
public sealed class OperatorLoopTests : IAsyncLifetime
{
    private InProcessKubernetes _kubernetes = null!;
    private TestWorkspace _workspace = null!;
    private TestOperator _operator = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _kubernetes = await InProcessKubernetes.StartAsync();
        _workspace = await TestWorkspace.CreateAsync(_kubernetes);
        _operator = Operator(stopTimeout: "00:05:00");
    }

    public async ValueTask DisposeAsync()
    {
        await _operator.DisposeAsync();
        _workspace.Dispose();
        await _kubernetes.DisposeAsync();
    }

    /// <summary>The watch is silent the whole time: without the guard the second look would see the object without a status, and write it again.</summary>
    [Fact]
    public async Task A_reconciler_never_sees_the_state_before_its_own_write()
    {
        ConcurrentQueue<int?> seen = [];
        StatusWriter<Gadget> statuses = _operator.Get<StatusWriter<Gadget>>();
        _operator.Reconciler.OnReconcile = async (gadget, cancellationToken) =>
        {
            _kubernetes.HoldWatches();
            seen.Enqueue(gadget.Status?.Size);
            await statuses.WriteAsync(gadget, gadget with { Status = new GadgetStatus { Size = (gadget.Status?.Size ?? 0) + 1 } }, cancellationToken);
            V1ConfigMap child = await _operator.Children.ApplyAsync(TestOperator.ChildOf(gadget with { Spec = gadget.Spec with { Size = seen.Count } }), cancellationToken);
            Assert.Equal(child.Metadata.ResourceVersion, _operator.Children.OwnedBy(gadget.Metadata.Uid!).Single().Metadata.ResourceVersion);
            return ReconcileResult.Again(TimeSpan.FromMilliseconds(1));
        };
        await _workspace.CreateGadgetAsync("one");
        await _operator.StartAsync();
        await Eventually.TrueAsync(() => seen.Count > 20);
        _kubernetes.ReleaseWatches();
        Assert.Equal([null, .. Enumerable.Range(1, 19)], seen.Take(20));
    }

    [Fact]
    public async Task Five_thousand_objects_are_listed_and_reconciled_each_by_one_worker_at_a_time()
    {
        const int Count = 5_000;
        await Parallel.ForEachAsync(Enumerable.Range(0, Count), Cancel, async (i, _) => await _workspace.CreateGadgetAsync($"g{i}"));
        ConcurrentDictionary<string, int> busy = [];
        StatusWriter<Gadget> statuses = _operator.Get<StatusWriter<Gadget>>();
        _operator.Reconciler.OnReconcile = async (gadget, cancellationToken) =>
        {
            Assert.True(busy.TryAdd(gadget.Metadata.Name, 0));
            await statuses.WriteAsync(gadget, gadget with { Status = new GadgetStatus { Size = gadget.Spec.Size } }, cancellationToken);
            busy.TryRemove(gadget.Metadata.Name, out int _);
            return ReconcileResult.Done;
        };
        await _operator.StartAsync();
        await Eventually.TrueAsync(() => _operator.Gadgets.All().Count(gadget => gadget.Status is not null) == Count, within: TimeSpan.FromMinutes(2));
        Assert.Equal(Count, _operator.Reconciler.Calls.Select(gadget => gadget.Metadata.Name).Distinct().Count());
        Assert.Equal(Count, _operator.Reconciler.Calls.Count);
        Assert.Equal(Count, _kubernetes.Requests.Count(request => request is { Client: "operator", Method: "PUT" } && request.Path.Contains("/status", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_stop_lets_what_is_under_way_finish_begins_nothing_new_and_gives_the_lease_up()
    {
        TaskCompletionSource begun = new(), finish = new();
        bool isFinished = false;
        _operator.Reconciler.OnReconcile = async (gadget, cancellationToken) =>
        {
            begun.TrySetResult();
            await finish.Task.WaitAsync(cancellationToken);
            await _operator.Children.ApplyAsync(TestOperator.ChildOf(gadget), cancellationToken);
            isFinished = true;
            return ReconcileResult.Done;
        };
        await _workspace.CreateGadgetAsync("one");
        await _operator.StartAsync();
        await begun.Task.WaitAsync(Cancel);
        Task stop = _operator.StopWorkAsync();
        await _workspace.CreateGadgetAsync("late");
        finish.SetResult();
        await stop;
        Assert.True(isFinished);
        Assert.Equal(0, _operator.Reconciler.CallsFor("late"));
        Assert.NotNull(await _workspace.Client<V1ConfigMap>().GetAsync(_workspace.Key("one-child"), Cancel));
        Assert.Equal("", (await LeaseAsync())?.Spec.HolderIdentity);
    }

    [Fact]
    public async Task A_stop_waits_no_longer_than_it_may()
    {
        await _operator.DisposeAsync();
        _operator = Operator(stopTimeout: "00:00:01");
        TaskCompletionSource begun = new();
        bool isCancelled = false;
        _operator.Reconciler.OnReconcile = async (_, cancellationToken) =>
        {
            begun.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            isCancelled = true;
            return ReconcileResult.Done;
        };
        await _workspace.CreateGadgetAsync("one");
        await _operator.StartAsync();
        await begun.Task.WaitAsync(Cancel);
        await _operator.StopAsync();
        Assert.True(isCancelled);
        Assert.Equal("", (await LeaseAsync())?.Spec.HolderIdentity);
    }

    [Fact]
    public async Task A_process_may_stop_while_it_waits_for_a_server_that_does_not_answer()
    {
        _kubernetes.Partition("operator");
        await _operator.StartAsync();
        await Eventually.TrueAsync(() => _kubernetes.Requests.Any(request => request.Client == "operator"));
        await _operator.StopAsync();
        Assert.False(_operator.Get<Informer<Gadget>>().HasSynced);
    }

    private TestOperator Operator(string stopTimeout) => TestOperator.Create(
        _kubernetes.Configuration("operator"), _workspace.Namespace, "--Leader:Enabled", "true", "--Reconciliation:Workers", "8", "--Reconciliation:StopTimeout", stopTimeout);

    private Task<V1Lease?> LeaseAsync() => _workspace.Client<V1Lease>().GetAsync(_workspace.Key("finobs-operator"), Cancel);
}
