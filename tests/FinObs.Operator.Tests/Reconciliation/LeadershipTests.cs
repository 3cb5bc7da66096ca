using System.Collections.Concurrent;
using FinObs.Operator.Reconciliation;
using FinObs.Operator.Reconciliation.Leadership;
using FinObs.Testing.Kubernetes;
using k8s.Models;

namespace FinObs.Operator.Tests.Reconciliation;

/// <summary>Two processes, one lease, a network that is cut again and again: never two that act.</summary>
public sealed class LeadershipTests : IAsyncLifetime
{
    private static readonly string[] Short = ["--Leader:Enabled", "true", "--Leader:LeaseDuration", "00:00:01", "--Leader:RenewDeadline", "00:00:00.600", "--Leader:RetryPeriod", "00:00:00.100"];

    private readonly ConcurrentQueue<Act> _acts = [];
    private readonly List<TestOperator> _operators = [];
    private InProcessKubernetes _kubernetes = null!;
    private TestWorkspace _workspace = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _kubernetes = await InProcessKubernetes.StartAsync();
        _workspace = await TestWorkspace.CreateAsync(_kubernetes);
        await _workspace.CreateGadgetAsync("one");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (TestOperator one in _operators) await one.DisposeAsync();
        _workspace.Dispose();
        await _kubernetes.DisposeAsync();
    }

    [Fact]
    public async Task A_leader_that_is_cut_off_stops_before_another_can_begin()
    {
        foreach (string name in (string[])["a", "b"]) await StartActorAsync(name);
        await Eventually.TrueAsync(() => !_acts.IsEmpty);
        for (int round = 0; round < 4; round++)
        {
            string leader = _acts.Last().Actor;
            _kubernetes.Partition(leader);
            await Eventually.TrueAsync(() => _acts.Last().Actor != leader);
            _kubernetes.Heal(leader);
            int acts = _acts.Count;
            await Eventually.TrueAsync(() => _acts.Count > acts + 20);
        }

        AssertNeverTwoAtOnce();
        Assert.True(Terms().Count >= 5, $"only {Terms().Count} terms");
    }

    /// <summary>The write is under way when the network is cut; when it is whole again the write is found to be given up, not late.</summary>
    [Fact]
    public async Task A_write_that_was_under_way_does_not_arrive_later()
    {
        TestOperator first = Create("a");
        TaskCompletionSource cut = new();
        first.Reconciler.OnReconcile = async (gadget, cancellationToken) =>
        {
            _kubernetes.Partition("a");
            cut.TrySetResult();
            await first.Children.ApplyAsync(TestOperator.ChildOf(gadget with { Spec = gadget.Spec with { Size = 666 } }), cancellationToken);
            return ReconcileResult.Done;
        };
        await first.StartAsync();
        await cut.Task.WaitAsync(Cancel);
        TestOperator second = await StartActorAsync("b");
        await Eventually.TrueAsync(() => !_acts.IsEmpty);
        second.Reconciler.OnReconcile = (_, _) => Task.FromResult(ReconcileResult.Done);
        Assert.Contains(_kubernetes.Requests, request => request is { Client: "a", Method: "PATCH" });
        _kubernetes.Heal("a");
        await Eventually.TrueAsync(() => _kubernetes.Requests.Count(request => request is { Client: "a", Method: "GET" } && request.Path.Contains("leases", StringComparison.Ordinal)) > 10);
        V1ConfigMap child = (await _workspace.Client<V1ConfigMap>().GetAsync(_workspace.Key("one-child"), Cancel))!;
        Assert.NotEqual("666", child.Data["size"]);
    }

    /// <summary>A reconciler that does not listen to its token is stopped at the fence.</summary>
    [Fact]
    public async Task Who_has_lost_the_lease_writes_nothing_whatever_it_tries()
    {
        TestOperator first = Create("a");
        TaskCompletionSource begun = new(), go = new();
        TaskCompletionSource<Exception?> tried = new();
        first.Reconciler.OnReconcile = async (gadget, _) =>
        {
            begun.TrySetResult();
            await go.Task;
            tried.TrySetResult(await Record.ExceptionAsync(() => first.Children.ApplyAsync(TestOperator.ChildOf(gadget), CancellationToken.None)));
            return ReconcileResult.Done;
        };
        await first.StartAsync();
        await begun.Task.WaitAsync(Cancel);
        _kubernetes.Partition("a");
        await StartActorAsync("b");
        await Eventually.TrueAsync(() => !_acts.IsEmpty);
        _kubernetes.Heal("a");
        go.SetResult();
        Assert.IsType<NotLeadingException>(await tried.Task.WaitAsync(Cancel));
    }

    /// <summary>An hour apart, in both directions: by its own clock each lease of the other is long over, or has not begun.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Clocks_that_are_hours_apart_make_no_two_leaders_and_no_gap(int hours)
    {
        await StartActorAsync("a");
        await Eventually.TrueAsync(() => !_acts.IsEmpty);
        await StartActorAsync("b", new ShiftedTime(TimeSpan.FromHours(hours)));
        for (int round = 0; round < 2; round++)
        {
            int acts = _acts.Count;
            await Eventually.TrueAsync(() => _acts.Count > acts + 50);
            string leader = _acts.Last().Actor;
            _kubernetes.Partition(leader);
            await Eventually.TrueAsync(() => _acts.Last().Actor != leader);
            _kubernetes.Heal(leader);
        }

        AssertNeverTwoAtOnce();
        Assert.Equal(3, Terms().Count);
    }

    [Fact]
    public async Task A_leader_that_stops_hands_over_at_once()
    {
        TestOperator first = await StartActorAsync("a", "--Leader:LeaseDuration", "00:05:00");
        await Eventually.TrueAsync(() => !_acts.IsEmpty);
        await StartActorAsync("b");
        await first.StopAsync();
        await Eventually.TrueAsync(() => _acts.Last().Actor == "b");
        AssertNeverTwoAtOnce();
    }

    [Fact]
    public async Task Some_failed_renewals_do_not_end_a_term()
    {
        await StartActorAsync("a");
        await Eventually.TrueAsync(() => !_acts.IsEmpty);
        _kubernetes.FailNext(2, System.Net.HttpStatusCode.InternalServerError, request => request.Path.Value!.Contains("leases", StringComparison.Ordinal) && request.Method == "PUT");
        int acts = _acts.Count;
        await Eventually.TrueAsync(() => _acts.Count > acts + 50);
        V1Lease lease = (await _workspace.Client<V1Lease>().GetAsync(_workspace.Key("finobs-operator"), Cancel))!;
        Assert.Equal(0, lease.Spec.LeaseTransitions);
        Assert.Equal("a", lease.Spec.HolderIdentity);
    }

    [Fact]
    public async Task Without_the_lease_caches_are_filled_all_the_same()
    {
        await StartActorAsync("a");
        await Eventually.TrueAsync(() => !_acts.IsEmpty);
        TestOperator second = await StartActorAsync("b");
        await Eventually.TrueAsync(() => second.Gadgets.Find(_workspace.Key("one")) is not null);
        Assert.Empty(second.Reconciler.Calls);
    }

    private TestOperator Create(string name, params string[] settings) => Create(name, TimeProvider.System, settings);

    private TestOperator Create(string name, TimeProvider time, string[] settings)
    {
        TestOperator made = TestOperator.Create(_kubernetes.Configuration(name), _workspace.Namespace, time, [.. Short, "--Leader:Identity", name, .. settings]);
        _operators.Add(made);
        return made;
    }

    /// <summary>An actor writes all the time, and notes from when to when.</summary>
    private Task<TestOperator> StartActorAsync(string name, params string[] settings) => StartActorAsync(name, TimeProvider.System, settings);

    private Task<TestOperator> StartActorAsync(string name, TimeProvider time, params string[] settings)
    {
        TestOperator actor = Create(name, time, settings);
        int count = 0;
        actor.Reconciler.OnReconcile = async (gadget, cancellationToken) =>
        {
            long begun = TimeProvider.System.GetTimestamp();
            try
            {
                await actor.Children.ApplyAsync(TestOperator.ChildOf(gadget with { Spec = gadget.Spec with { Size = ++count } }), cancellationToken);
            }
            finally
            {
                _acts.Enqueue(new Act(name, begun, TimeProvider.System.GetTimestamp()));
            }

            return ReconcileResult.Again(TimeSpan.FromMilliseconds(5));
        };
        return actor.StartAsync();
    }

    /// <summary>Each actor's acts between two of the other: from the first's beginning to the last's end.</summary>
    private List<Act> Terms()
    {
        List<Act> terms = [];
        foreach (Act act in _acts.OrderBy(act => act.Begun))
        {
            if (terms is [.., var last] && last.Actor == act.Actor) terms[^1] = last with { Ended = Math.Max(last.Ended, act.Ended) };
            else terms.Add(act);
        }

        return terms;
    }

    private void AssertNeverTwoAtOnce() =>
        Assert.All(Terms().Zip(Terms().Skip(1)), pair => Assert.True(pair.First.Ended <= pair.Second.Begun, $"{pair.First} and {pair.Second} acted at once"));

    private sealed record Act(string Actor, long Begun, long Ended);
}
