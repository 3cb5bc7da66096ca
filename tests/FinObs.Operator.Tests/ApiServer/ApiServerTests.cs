using System.Text.Json.Nodes;
using FinObs.Contracts.Resources;
using FinObs.Operator.Reconciliation.Api;
using FinObs.Testing.Kubernetes;
using k8s.Models;

namespace FinObs.Operator.Tests.ApiServer;

public sealed class InProcessApiServerTests(InProcessCluster cluster) : ApiServerTests(cluster), IClassFixture<InProcessCluster>;

public sealed class RealApiServerTests(RealCluster cluster) : ApiServerTests(cluster), IClassFixture<RealCluster>;

/// <summary>What our controllers rely on in an API server. It runs on the one inside the process and on a real one, so the first is known to be like the second.</summary>
public abstract class ApiServerTests(ITestCluster cluster) : IAsyncLifetime
{
    private TestWorkspace _workspace = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _workspace = await TestWorkspace.CreateAsync(cluster);

    public ValueTask DisposeAsync()
    {
        _workspace?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_new_object_gets_a_uid_a_version_a_time_and_its_first_generation()
    {
        Gadget gadget = await _workspace.CreateGadgetAsync("one");
        Assert.False(string.IsNullOrEmpty(gadget.Metadata.Uid));
        Assert.False(string.IsNullOrEmpty(gadget.Metadata.ResourceVersion));
        Assert.NotNull(gadget.Metadata.CreationTimestamp);
        Assert.Equal(1, gadget.Metadata.Generation);
        Assert.Equal("grey", gadget.Spec.Colour);
    }

    [Fact]
    public async Task A_name_is_given_once()
    {
        await _workspace.CreateGadgetAsync("one");
        ApiException refusal = await Assert.ThrowsAsync<ApiException>(() => _workspace.CreateGadgetAsync("one"));
        Assert.True(refusal.IsConflict);
        Assert.Equal("AlreadyExists", refusal.Reason);
    }

    [Fact]
    public async Task Nothing_can_be_made_in_a_namespace_that_is_not_there()
    {
        Gadget lost = _workspace.Gadget("one") with { Metadata = new ObjectMeta { Name = "one", Namespace = "not-there" } };
        ApiException refusal = await Assert.ThrowsAsync<ApiException>(() => _workspace.Gadgets.CreateAsync(lost, Cancel));
        Assert.True(refusal.IsNotFound);
    }

    [Fact]
    public async Task A_replacement_of_an_older_version_is_a_conflict()
    {
        Gadget first = await _workspace.CreateGadgetAsync("one");
        Gadget second = await _workspace.Gadgets.ReplaceAsync(first with { Spec = first.Spec with { Size = 2 } }, Cancel);
        Assert.Equal(2, second.Metadata.Generation);
        Assert.True(ResourceVersions.Compare(first.Metadata.ResourceVersion, second.Metadata.ResourceVersion) < 0);
        ApiException refusal = await Assert.ThrowsAsync<ApiException>(() => _workspace.Gadgets.ReplaceAsync(first, Cancel));
        Assert.True(refusal.IsConflict);
    }

    [Fact]
    public async Task A_replacement_by_the_same_changes_no_version()
    {
        Gadget first = await _workspace.CreateGadgetAsync("one");
        Gadget second = await _workspace.Gadgets.ReplaceAsync(first, Cancel);
        Assert.Equal(first.Metadata.ResourceVersion, second.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task Labels_do_not_count_as_a_generation()
    {
        await _workspace.CreateGadgetAsync("one");
        Gadget labelled = await _workspace.Gadgets.MergeAsync(_workspace.Key("one"), Patch("""{"metadata":{"labels":{"a":"b"}}}"""), Cancel);
        Assert.Equal("b", labelled.Metadata.Labels!["a"]);
        Assert.Equal(1, labelled.Metadata.Generation);
    }

    [Fact]
    public async Task A_merge_patch_with_an_older_version_is_a_conflict()
    {
        Gadget first = await _workspace.CreateGadgetAsync("one");
        await _workspace.Gadgets.MergeAsync(_workspace.Key("one"), Patch("""{"spec":{"size":2}}"""), Cancel);
        JsonObject late = new() { ["metadata"] = new JsonObject { ["resourceVersion"] = first.Metadata.ResourceVersion }, ["spec"] = new JsonObject { ["size"] = 3 } };
        ApiException refusal = await Assert.ThrowsAsync<ApiException>(() => _workspace.Gadgets.MergeAsync(_workspace.Key("one"), late, Cancel));
        Assert.True(refusal.IsConflict, refusal.Message);
    }

    [Fact]
    public async Task A_uid_cannot_be_patched()
    {
        await _workspace.CreateGadgetAsync("one");
        ApiException refusal = await Assert.ThrowsAsync<ApiException>(() => _workspace.Gadgets.MergeAsync(_workspace.Key("one"), Patch("""{"metadata":{"uid":"another"}}"""), Cancel));
        Assert.True(refusal.IsInvalid, refusal.Message);
    }

    [Fact]
    public async Task The_status_is_written_by_its_subresource_only_and_counts_no_generation()
    {
        Gadget gadget = await _workspace.Gadgets.CreateAsync(_workspace.Gadget("one") with { Status = new GadgetStatus { Note = "from create" } }, Cancel);
        Assert.Null(gadget.Status);
        gadget = await _workspace.Gadgets.ReplaceAsync(gadget with { Spec = gadget.Spec with { Size = 9 }, Status = new GadgetStatus { Note = "from status" } }, Cancel, "status");
        Assert.Equal(("from status", 1, 1L), (gadget.Status?.Note, gadget.Spec.Size, gadget.Metadata.Generation));
        gadget = await _workspace.Gadgets.ReplaceAsync(gadget with { Status = new GadgetStatus { Note = "from the object" } }, Cancel);
        Assert.Equal("from status", gadget.Status?.Note);
        ApiException refusal = await Assert.ThrowsAsync<ApiException>(() => _workspace.Gadgets.ReplaceAsync(
            gadget with { Metadata = gadget.Metadata with { ResourceVersion = "1" }, Status = new GadgetStatus() }, Cancel, "status"));
        Assert.True(refusal.IsConflict);
    }

    [Fact]
    public async Task A_list_comes_in_pages_with_one_version()
    {
        foreach (int i in Enumerable.Range(0, 7)) await _workspace.CreateGadgetAsync($"g{i}");
        ResourceList<Gadget> all = await _workspace.Gadgets.ListAsync(new ResourceSelection(_workspace.Namespace), Cancel);
        Assert.Equal(7, all.Items.Count);
        Assert.NotEmpty(all.ResourceVersion);
    }

    [Fact]
    public async Task Labels_select()
    {
        await _workspace.CreateGadgetAsync("plain");
        foreach (string colour in (string[])["red", "blue"])
        {
            await _workspace.Gadgets.CreateAsync(
                _workspace.Gadget(colour) with { Metadata = new ObjectMeta { Name = colour, Namespace = _workspace.Namespace, Labels = new Dictionary<string, string> { ["colour"] = colour } } }, Cancel);
        }

        Assert.Equal(["red"], await NamesAsync("colour=red"));
        Assert.Equal(["blue"], await NamesAsync("colour,colour!=red"));
        Assert.Equal(["blue", "red"], await NamesAsync("colour in (red, blue)"));
        Assert.Equal(["plain"], await NamesAsync("!colour"));
    }

    [Fact]
    public async Task Metadata_alone_leaves_a_secret_where_it_is()
    {
        ResourceClient<V1Secret> secrets = _workspace.Client<V1Secret>();
        V1Secret made = await secrets.CreateAsync(
            new V1Secret { Metadata = new V1ObjectMeta { Name = "one", NamespaceProperty = _workspace.Namespace }, StringData = new Dictionary<string, string> { ["key"] = "value" } }, Cancel);
        Assert.Equal("value"u8.ToArray(), made.Data["key"]);
        V1Secret seen = Assert.Single((await secrets.ListAsync(new ResourceSelection(_workspace.Namespace, MetadataOnly: true), Cancel)).Items, secret => secret.Metadata.Name == "one");
        Assert.Null(seen.Data);
        Assert.Equal(made.Metadata.ResourceVersion, seen.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task A_finalizer_keeps_a_deleted_object_until_it_is_taken_off()
    {
        Gadget gadget = await _workspace.CreateGadgetAsync("one");
        gadget = await _workspace.Gadgets.MergeAsync(_workspace.Key("one"), Patch("""{"metadata":{"finalizers":["finobs.io/test"]}}"""), Cancel);
        Assert.True(await _workspace.Gadgets.DeleteAsync(_workspace.Key("one"), gadget.Metadata.Uid!, Cancel));
        gadget = (await _workspace.Gadgets.GetAsync(_workspace.Key("one"), Cancel))!;
        Assert.NotNull(gadget.Metadata.DeletionTimestamp);
        await Assert.ThrowsAsync<ApiException>(() => _workspace.Gadgets.MergeAsync(_workspace.Key("one"), Patch("""{"metadata":{"finalizers":["finobs.io/test","finobs.io/more"]}}"""), Cancel));
        await _workspace.Gadgets.MergeAsync(_workspace.Key("one"), Patch("""{"metadata":{"finalizers":[]}}"""), Cancel);
        Assert.Null(await _workspace.Gadgets.GetAsync(_workspace.Key("one"), Cancel));
    }

    [Fact]
    public async Task Only_the_object_that_was_meant_is_deleted()
    {
        await _workspace.CreateGadgetAsync("one");
        Assert.False(await _workspace.Gadgets.DeleteAsync(_workspace.Key("one"), "00000000-0000-0000-0000-000000000000", Cancel));
        Assert.NotNull(await _workspace.Gadgets.GetAsync(_workspace.Key("one"), Cancel));
        Assert.False(await _workspace.Gadgets.DeleteAsync(_workspace.Key("two"), "00000000-0000-0000-0000-000000000000", Cancel));
    }

    [Fact]
    public async Task What_an_object_owns_goes_with_it()
    {
        Gadget owner = await _workspace.CreateGadgetAsync("owner");
        Assert.SkipUnless(cluster.CollectsGarbage, "This API server has no controller manager beside it.");
        ResourceClient<V1ConfigMap> maps = _workspace.Client<V1ConfigMap>();
        await maps.ApplyAsync(ConfigMap("child", new() { ["a"] = "1" }, owner), Cancel);
        await _workspace.Gadgets.DeleteAsync(_workspace.Key("owner"), owner.Metadata.Uid!, Cancel);
        // A collector that has just started looks for new kinds every half minute.
        await Eventually.TrueAsync(async () => await maps.GetAsync(_workspace.Key("child"), Cancel) is null, within: TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task A_watch_tells_what_happened_after_its_version_and_then_goes_on()
    {
        ResourceList<Gadget> list = await _workspace.Gadgets.ListAsync(new ResourceSelection(_workspace.Namespace), Cancel);
        Gadget one = await _workspace.CreateGadgetAsync("one");
        await _workspace.Gadgets.MergeAsync(_workspace.Key("one"), Patch("""{"spec":{"size":5}}"""), Cancel);
        await _workspace.Gadgets.DeleteAsync(_workspace.Key("one"), one.Metadata.Uid!, Cancel);
        IReadOnlyList<WatchEvent<Gadget>> events = await ReadAsync(new ResourceSelection(_workspace.Namespace), list.ResourceVersion, count: 3);
        Assert.Equal([WatchEventType.Added, WatchEventType.Modified, WatchEventType.Deleted], events.Select(happened => happened.Type));
        Assert.Equal([1, 5, 5], events.Select(happened => happened.Object!.Spec.Size));
        Assert.True(ResourceVersions.Compare(events[1].ResourceVersion, events[2].ResourceVersion) < 0, "a deletion has a version of its own");
    }

    [Fact]
    public async Task For_who_watches_by_labels_an_object_that_loses_its_label_is_deleted()
    {
        ResourceList<Gadget> list = await _workspace.Gadgets.ListAsync(new ResourceSelection(_workspace.Namespace), Cancel);
        await _workspace.CreateGadgetAsync("one");
        await _workspace.Gadgets.MergeAsync(_workspace.Key("one"), Patch("""{"metadata":{"labels":{"a":"b"}}}"""), Cancel);
        await _workspace.Gadgets.MergeAsync(_workspace.Key("one"), Patch("""{"metadata":{"labels":{"a":null}}}"""), Cancel);
        IReadOnlyList<WatchEvent<Gadget>> events = await ReadAsync(new ResourceSelection(_workspace.Namespace, "a=b"), list.ResourceVersion, count: 2);
        Assert.Equal([WatchEventType.Added, WatchEventType.Deleted], events.Select(happened => happened.Type));
    }

    [Fact]
    public async Task A_watch_ends_when_its_time_is_over()
    {
        ResourceList<Gadget> list = await _workspace.Gadgets.ListAsync(new ResourceSelection(_workspace.Namespace), Cancel);
        await foreach (WatchEvent<Gadget> happened in _workspace.Gadgets.WatchAsync(new ResourceSelection(_workspace.Namespace), list.ResourceVersion, TimeSpan.FromSeconds(1), Cancel))
        {
            Assert.Equal(WatchEventType.Bookmark, happened.Type);
        }
    }

    [Fact]
    public async Task A_lease_is_replaced_by_whoever_saw_it_last()
    {
        ResourceClient<V1Lease> leases = _workspace.Client<V1Lease>();
        V1Lease first = await leases.CreateAsync(
            new V1Lease { Metadata = new V1ObjectMeta { Name = "one", NamespaceProperty = _workspace.Namespace }, Spec = new V1LeaseSpec { HolderIdentity = "a", LeaseDurationSeconds = 15 } }, Cancel);
        first.Spec.HolderIdentity = "b";
        await leases.ReplaceAsync(first, Cancel);
        first.Spec.HolderIdentity = "c";
        Assert.True((await Assert.ThrowsAsync<ApiException>(() => leases.ReplaceAsync(first, Cancel))).IsConflict);
    }

    private static JsonObject Patch(string json) => JsonNode.Parse(json)!.AsObject();

    private V1ConfigMap ConfigMap(string name, Dictionary<string, string> data, Gadget owner) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = name,
            NamespaceProperty = _workspace.Namespace,
            OwnerReferences = [new V1OwnerReference { ApiVersion = owner.ApiVersion, Kind = owner.Kind, Name = owner.Metadata.Name, Uid = owner.Metadata.Uid, Controller = true }],
        },
        Data = data,
    };

    private async Task<IReadOnlyList<string>> NamesAsync(string labels) =>
        [.. (await _workspace.Gadgets.ListAsync(new ResourceSelection(_workspace.Namespace, labels), Cancel)).Items.Select(gadget => gadget.Metadata.Name).Order()];

    private async Task<IReadOnlyList<WatchEvent<Gadget>>> ReadAsync(ResourceSelection selection, string version, int count)
    {
        List<WatchEvent<Gadget>> events = [];
        await foreach (WatchEvent<Gadget> happened in _workspace.Gadgets.WatchAsync(selection, version, TimeSpan.FromSeconds(20), Cancel))
        {
            if (happened.Type != WatchEventType.Bookmark) events.Add(happened);
            if (events.Count == count) break;
        }

        return events;
    }
}
