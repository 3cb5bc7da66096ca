using FinObs.Contracts.Resources;
using FinObs.Operator.Reconciliation;
using FinObs.Operator.Reconciliation.Api;
using FinObs.Operator.Reconciliation.Leadership;
using FinObs.Operator.Status;
using FinObs.Testing.Kubernetes;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FinObs.Operator.Tests.Status;

public sealed class InProcessEventTests(InProcessCluster cluster) : EventTests(cluster), IClassFixture<InProcessCluster>;

public sealed class RealEventTests(RealCluster cluster) : EventTests(cluster), IClassFixture<RealCluster>;

/// <summary>What people read in <c>kubectl describe</c>; on the API server inside the process and on a real one.</summary>
public abstract class EventTests(ITestCluster cluster) : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private TestWorkspace _workspace = null!;
    private EventQueue _queue = null!;
    private EventRecorder _recorder = null!;
    private readonly CancellationTokenSource _stop = new();
    private Task _writing = Task.CompletedTask;
    private Gadget _gadget = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _workspace = await TestWorkspace.CreateAsync(cluster);
        _gadget = await _workspace.CreateGadgetAsync("one");
        _queue = new EventQueue(new Jitter(1), _time);
        _recorder = new EventRecorder(_queue, _time);
        _writing = NewWriter().RunAsync(_stop.Token, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _writing;
        _stop.Dispose();
        _queue?.Dispose();
        _workspace?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_event_names_its_object_its_reason_and_what_happened()
    {
        _recorder.Record(_gadget, EventType.Warning, "SecretMissing", "There is no Secret 'key'.");
        Corev1Event told = (await ReadAsync(count: 1)).Single();
        Assert.Equal(("Warning", "SecretMissing", "There is no Secret 'key'.", 1), (told.Type, told.Reason, told.Message, told.Count));
        Assert.Equal(("Gadget", "one", _gadget.Metadata.Uid), (told.InvolvedObject.Kind, told.InvolvedObject.Name, told.InvolvedObject.Uid));
        Assert.Equal("finobs-operator", told.Source.Component);
    }

    [Fact]
    public async Task The_same_reason_again_counts_up_the_same_event_at_most_once_a_pause()
    {
        _recorder.Record(_gadget, EventType.Warning, "Crashing", "Pod a.");
        await ReadAsync(count: 1);
        foreach (int i in Enumerable.Range(0, 99)) _recorder.Record(_gadget, EventType.Warning, "Crashing", $"Pod {i}.");
        await Eventually.TrueAsync(async () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return (await ListAsync()).Single() is { Count: 100, Message: "Pod 98." };
        });
    }

    [Fact]
    public async Task What_was_recorded_last_is_told_before_the_writer_stops()
    {
        await _stop.CancelAsync();
        await _writing;
        _recorder.Record(_gadget, EventType.Normal, "Loaded", "At the last moment.");
        await NewWriter().RunAsync(_stop.Token, Cancel);
        Assert.Equal("At the last moment.", (await ListAsync()).Single().Message);
    }

    [Fact]
    public async Task Another_reason_or_another_object_is_another_event()
    {
        Gadget other = await _workspace.CreateGadgetAsync("two");
        _recorder.Record(_gadget, EventType.Warning, "Crashing", "A.");
        _recorder.Record(_gadget, EventType.Normal, "Loaded", "B.");
        _recorder.Record(other, EventType.Warning, "Crashing", "C.");
        Assert.Equal(["A.", "B.", "C."], (await ReadAsync(count: 3)).Select(told => told.Message).Order());
    }

    [Fact]
    public async Task After_the_window_the_same_reason_is_a_new_event()
    {
        _recorder.Record(_gadget, EventType.Warning, "Crashing", "A.");
        await ReadAsync(count: 1);
        _time.Advance(EventRecorder.Window + TimeSpan.FromSeconds(1));
        _recorder.Record(_gadget, EventType.Warning, "Crashing", "B.");
        Assert.Equal([1, 1], (await ReadAsync(count: 2)).Select(told => told.Count!.Value));
    }

    [Fact]
    public async Task An_event_that_the_server_has_forgotten_is_written_anew()
    {
        _recorder.Record(_gadget, EventType.Warning, "Crashing", "A.");
        Corev1Event first = (await ReadAsync(count: 1)).Single();
        await _workspace.Client<Corev1Event>().DeleteAsync(_workspace.Key(first.Metadata.Name), first.Metadata.Uid, Cancel);
        _recorder.Record(_gadget, EventType.Warning, "Crashing", "B.");
        await Eventually.TrueAsync(async () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return (await ListAsync()) is [{ Count: 2, Message: "B." }];
        });
    }

    [Fact]
    public async Task A_transition_is_told_with_the_reason_of_its_condition()
    {
        ConditionSet conditions = new(null, 1, _time.GetUtcNow());
        conditions.Set("Loaded", ConditionStatus.True, "Loaded", "2 of 2 pods.");
        conditions.Set("ArtifactVerified", ConditionStatus.False, "DigestMismatch", "Another digest.");
        _recorder.Record(_gadget, conditions.Transitions);
        Assert.Equal(["Normal Loaded", "Warning DigestMismatch"], (await ReadAsync(count: 2)).Select(told => $"{told.Type} {told.Reason}").Order());
    }

    private EventWriter NewWriter() => new(
        _recorder,
        _queue,
        _workspace.Client<Corev1Event>(),
        new LeaderIdentity("test", _workspace.Key("lease")),
        _time,
        NullLogger<EventWriter>.Instance);

    private async Task<IReadOnlyList<Corev1Event>> ListAsync() => (await _workspace.Client<Corev1Event>().ListAsync(new ResourceSelection(_workspace.Namespace), Cancel)).Items;

    private async Task<IReadOnlyList<Corev1Event>> ReadAsync(int count)
    {
        IReadOnlyList<Corev1Event> told = [];
        await Eventually.TrueAsync(async () => (told = await ListAsync()).Count == count);
        return told;
    }
}
