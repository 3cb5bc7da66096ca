using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Operator.Reconciliation;
using FinObs.Operator.Reconciliation.Api;
using FinObs.Operator.Status;
using FinObs.Testing.Kubernetes;
using k8s.Models;

namespace FinObs.Operator.Tests.Reconciliation;

public sealed class InProcessControllerTests(InProcessCluster cluster) : ControllerTests(cluster), IClassFixture<InProcessCluster>;

public sealed class RealControllerTests(RealCluster cluster) : ControllerTests(cluster), IClassFixture<RealCluster>;

/// <summary>The life of an object under a controller; on the API server inside the process and on a real one.</summary>
public abstract class ControllerTests(ITestCluster cluster) : IAsyncLifetime
{
    private TestWorkspace _workspace = null!;
    private TestOperator _operator = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private GadgetReconciler Reconciler => _operator.Reconciler;

    public async ValueTask InitializeAsync()
    {
        _workspace = await TestWorkspace.CreateAsync(cluster);
        _operator = TestOperator.Create(_workspace.Configuration, _workspace.Namespace);
    }

    public async ValueTask DisposeAsync()
    {
        if (_operator is not null) await _operator.DisposeAsync();
        _workspace?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Every_object_is_reconciled_at_the_start_and_whenever_its_spec_changes()
    {
        await _workspace.CreateGadgetAsync("before");
        await _operator.StartAsync();
        await Eventually.TrueAsync(() => Reconciler.CallsFor("before") == 1);
        await _workspace.CreateGadgetAsync("after");
        await Eventually.TrueAsync(() => Reconciler.CallsFor("after") == 1);
        await PatchAsync("before", """{"spec":{"size":2}}""");
        await Eventually.TrueAsync(() => Reconciler.Calls.Any(call => call is { Metadata.Name: "before", Spec.Size: 2 }));
        await RequestAsync("before", "now");
        await Eventually.TrueAsync(() => Reconciler.CallsFor("before") == 3);
    }

    [Fact]
    public async Task Our_own_status_is_no_reason_to_reconcile_again_and_the_same_status_is_not_written_twice()
    {
        StatusWriter<Gadget> statuses = _operator.Get<StatusWriter<Gadget>>();
        Reconciler.OnReconcile = async (gadget, cancellationToken) =>
        {
            await statuses.WriteAsync(gadget, gadget with { Status = new GadgetStatus { Size = gadget.Spec.Size, ObservedGeneration = gadget.Metadata.Generation ?? 0 } }, cancellationToken);
            return ReconcileResult.Done;
        };
        await _workspace.CreateGadgetAsync("one");
        await _operator.StartAsync();
        Gadget written = await ReadAsync("one", gadget => gadget.Status?.Size == 1);

        // Nothing but a sign that everything before it has been worked off.
        await RequestAsync("one", "now");
        await Eventually.TrueAsync(() => Reconciler.Calls.Any(call => call.Metadata.Annotations?.ContainsKey("finobs.io/requestedAt") == true));
        Gadget later = await ReadAsync("one", _ => true);
        Assert.Equal(2, Reconciler.CallsFor("one"));
        Assert.Equal(written.Metadata.ManagedFields!.Count(entry => entry.Subresource == "status"), later.Metadata.ManagedFields!.Count(entry => entry.Subresource == "status"));
        await PatchAsync("one", """{"spec":{"size":2}}""");
        later = await ReadAsync("one", gadget => gadget.Status?.Size == 2);
        Assert.Equal(2, later.Status!.ObservedGeneration);
    }

    [Fact]
    public async Task A_child_that_was_deleted_or_changed_by_hand_is_put_right()
    {
        await StartWithChildrenAsync();
        await _workspace.CreateGadgetAsync("one", size: 3);
        V1ConfigMap first = await ReadChildAsync("one", _ => true);
        await _workspace.Client<V1ConfigMap>().DeleteAsync(_workspace.Key("one-child"), first.Metadata.Uid, Cancel);
        V1ConfigMap second = await ReadChildAsync("one", child => child.Metadata.Uid != first.Metadata.Uid);
        await _workspace.Client<V1ConfigMap>().MergeAsync(_workspace.Key("one-child"), Patch("""{"data":{"size":"99"}}"""), Cancel);
        await ReadChildAsync("one", child => child.Data["size"] == "3" && child.Metadata.ResourceVersion != second.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task Applying_the_same_child_over_and_over_changes_nothing()
    {
        await StartWithChildrenAsync();
        await _workspace.CreateGadgetAsync("one", size: 3);
        V1ConfigMap first = await ReadChildAsync("one", _ => true);
        foreach (int i in Enumerable.Range(1, 3))
        {
            int calls = Reconciler.CallsFor("one");
            await RequestAsync("one", $"{i}");
            await Eventually.TrueAsync(() => Reconciler.CallsFor("one") > calls);
        }

        V1ConfigMap last = await ReadChildAsync("one", _ => true);
        Assert.Equal(first.Metadata.ResourceVersion, last.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task A_change_of_a_secret_reconciles_those_who_refer_to_it_and_nobody_else()
    {
        ResourceClient<V1Secret> secrets = _workspace.Client<V1Secret>();
        await _workspace.CreateGadgetAsync("with", secret: "shared");
        await _workspace.CreateGadgetAsync("without");
        await _operator.StartAsync();
        await Eventually.TrueAsync(() => Reconciler.Calls.Count == 2);
        V1Secret secret = await secrets.CreateAsync(new V1Secret { Metadata = new V1ObjectMeta { Name = "shared", NamespaceProperty = _workspace.Namespace } }, Cancel);
        await Eventually.TrueAsync(() => Reconciler.CallsFor("with") == 2);
        await secrets.MergeAsync(_workspace.Key("shared"), Patch("""{"stringData":{"key":"new"}}"""), Cancel);
        await Eventually.TrueAsync(() => Reconciler.CallsFor("with") == 3);
        await secrets.DeleteAsync(_workspace.Key("shared"), secret.Metadata.Uid, Cancel);
        await Eventually.TrueAsync(() => Reconciler.CallsFor("with") == 4);
        Assert.Equal(1, Reconciler.CallsFor("without"));
    }

    [Fact]
    public async Task A_finalizer_is_there_before_the_first_reconcile_and_holds_the_object_until_finalizing_is_done()
    {
        int attempts = 0;
        Reconciler.Finalizer = WellKnown.Finalizer;
        Reconciler.OnFinalize = (_, _) => Task.FromResult(++attempts < 3 ? ReconcileResult.Again(TimeSpan.FromMilliseconds(10)) : ReconcileResult.Done);
        Gadget made = await _workspace.Gadgets.CreateAsync(
            _workspace.Gadget("one") with { Metadata = new ObjectMeta { Name = "one", Namespace = _workspace.Namespace, Finalizers = ["example.com/other"] } }, Cancel);
        await _operator.StartAsync();
        await Eventually.TrueAsync(() => !Reconciler.Calls.IsEmpty);
        Assert.Equal(["example.com/other", WellKnown.Finalizer], Reconciler.Calls.First().Metadata.Finalizers!);

        await _workspace.Gadgets.DeleteAsync(_workspace.Key("one"), made.Metadata.Uid!, Cancel);
        Gadget held = await ReadAsync("one", gadget => gadget.Metadata.Finalizers is ["example.com/other"]);
        Assert.NotNull(held.Metadata.DeletionTimestamp);
        Assert.Equal(3, attempts);
        await PatchAsync("one", """{"metadata":{"finalizers":[]}}""");
        await Eventually.TrueAsync(() => Reconciler.Gone.Contains(_workspace.Key("one")));
        Assert.Null(await _workspace.Gadgets.GetAsync(_workspace.Key("one"), Cancel));
    }

    [Fact]
    public async Task Without_a_finalizer_an_object_goes_at_once()
    {
        Gadget made = await _workspace.CreateGadgetAsync("one");
        await _operator.StartAsync();
        await Eventually.TrueAsync(() => Reconciler.CallsFor("one") == 1);
        await _workspace.Gadgets.DeleteAsync(_workspace.Key("one"), made.Metadata.Uid!, Cancel);
        await Eventually.TrueAsync(() => Reconciler.Gone.Contains(_workspace.Key("one")));
        Assert.Null(Reconciler.Calls.Single().Metadata.Finalizers);
    }

    [Fact]
    public async Task A_failure_is_tried_again_and_holds_up_nobody_else()
    {
        Reconciler.OnReconcile = (gadget, _) => gadget.Metadata.Name == "bad" && Reconciler.CallsFor("bad") < 4
            ? Task.FromException<ReconcileResult>(new InvalidOperationException("The test says so."))
            : Task.FromResult(ReconcileResult.Done);
        await _workspace.CreateGadgetAsync("bad");
        await _workspace.CreateGadgetAsync("good");
        await _operator.StartAsync();
        await Eventually.TrueAsync(() => Reconciler.CallsFor("bad") == 4 && Reconciler.CallsFor("good") == 1);
    }

    [Fact]
    public async Task A_conflict_is_tried_again_from_the_newest_state()
    {
        StatusWriter<Gadget> statuses = _operator.Get<StatusWriter<Gadget>>();
        Reconciler.OnReconcile = async (gadget, cancellationToken) =>
        {
            // Somebody writes in between, once.
            if (Reconciler.CallsFor("one") == 1) await PatchAsync("one", """{"spec":{"size":2}}""");
            await statuses.WriteAsync(gadget, gadget with { Status = new GadgetStatus { Size = gadget.Spec.Size } }, cancellationToken);
            return ReconcileResult.Done;
        };
        await _workspace.CreateGadgetAsync("one");
        await _operator.StartAsync();
        Gadget end = await ReadAsync("one", gadget => gadget.Status is not null);
        Assert.Equal(2, end.Status!.Size);
        Assert.Equal([1, 2], Reconciler.Calls.Select(call => call.Spec.Size).Distinct());
    }

    [Fact]
    public async Task Look_again_later_means_later_without_any_change()
    {
        Reconciler.OnReconcile = (_, _) => Task.FromResult(ReconcileResult.Again(TimeSpan.FromMilliseconds(20)));
        await _workspace.CreateGadgetAsync("one");
        await _operator.StartAsync();
        await Eventually.TrueAsync(() => Reconciler.CallsFor("one") >= 5);
    }

    private static JsonObject Patch(string json) => JsonNode.Parse(json)!.AsObject();

    private Task<TestOperator> StartWithChildrenAsync()
    {
        Reconciler.OnReconcile = async (gadget, cancellationToken) =>
        {
            await _operator.Children.ApplyAsync(TestOperator.ChildOf(gadget), cancellationToken);
            return ReconcileResult.Done;
        };
        return _operator.StartAsync();
    }

    private Task<Gadget> PatchAsync(string name, string json) => _workspace.Gadgets.MergeAsync(_workspace.Key(name), Patch(json), Cancel);

    private Task<Gadget> RequestAsync(string name, string value) => _workspace.Gadgets.MergeAsync(
        _workspace.Key(name), new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [WellKnown.RequestedAt] = value } } }, Cancel);

    private async Task<Gadget> ReadAsync(string name, Func<Gadget, bool> until)
    {
        Gadget? found = null;
        await Eventually.TrueAsync(async () => (found = await _workspace.Gadgets.GetAsync(_workspace.Key(name), Cancel)) is not null && until(found));
        return found!;
    }

    private async Task<V1ConfigMap> ReadChildAsync(string name, Func<V1ConfigMap, bool> until)
    {
        V1ConfigMap? found = null;
        await Eventually.TrueAsync(async () => (found = await _workspace.Client<V1ConfigMap>().GetAsync(_workspace.Key($"{name}-child"), Cancel)) is not null && until(found));
        return found!;
    }
}
