using System.Net;
using System.Text.Json.Nodes;
using FinObs.Operator.Reconciliation.Caching;
using FinObs.Testing.Kubernetes;
using k8s.Models;

namespace FinObs.Operator.Tests.Reconciliation;

/// <summary>What an informer makes of what goes wrong between it and the server.</summary>
public sealed class InformerTests : IAsyncLifetime
{
    private InProcessKubernetes _kubernetes = null!;
    private TestWorkspace _workspace = null!;
    private TestOperator _operator = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private Resources<Gadget> Known => _operator.Gadgets;

    public async ValueTask InitializeAsync()
    {
        _kubernetes = await InProcessKubernetes.StartAsync();
        _workspace = await TestWorkspace.CreateAsync(_kubernetes);
        _operator = TestOperator.Create(_kubernetes.Configuration("operator"), _workspace.Namespace);
    }

    public async ValueTask DisposeAsync()
    {
        await _operator.DisposeAsync();
        _workspace.Dispose();
        await _kubernetes.DisposeAsync();
    }

    [Fact]
    public async Task What_was_there_and_what_comes_is_known()
    {
        await _workspace.CreateGadgetAsync("before");
        await StartAsync();
        Assert.NotNull(Known.Find(_workspace.Key("before")));
        Gadget after = await _workspace.CreateGadgetAsync("after");
        await Eventually.TrueAsync(() => Known.Find(_workspace.Key("after")) is not null);
        await _workspace.Gadgets.DeleteAsync(_workspace.Key("after"), after.Metadata.Uid!, Cancel);
        await Eventually.TrueAsync(() => Known.Find(_workspace.Key("after")) is null);
    }

    [Fact]
    public async Task What_happens_while_a_watch_is_lost_is_seen_by_the_next_without_a_new_list()
    {
        await _workspace.CreateGadgetAsync("one");
        await StartAsync();
        int lists = Lists();
        foreach (int size in Enumerable.Range(2, 5))
        {
            _kubernetes.DropWatches();
            await ResizeAsync("one", size);
            await Eventually.TrueAsync(() => Known.Find(_workspace.Key("one"))?.Spec.Size == size);
        }

        Assert.Equal(lists, Lists());
    }

    [Fact]
    public async Task A_deletion_that_no_watch_tells_of_is_found_by_listing_again()
    {
        Gadget one = await _workspace.CreateGadgetAsync("one");
        await _workspace.CreateGadgetAsync("two");
        await StartAsync();
        int lists = Lists();
        await MissAsync(async () =>
        {
            await _workspace.Gadgets.DeleteAsync(_workspace.Key("one"), one.Metadata.Uid!, Cancel);
            await ResizeAsync("two", 7);
        });
        await Eventually.TrueAsync(() => Known.Find(_workspace.Key("one")) is null && Known.Find(_workspace.Key("two"))?.Spec.Size == 7);
        await Eventually.TrueAsync(() => _operator.Reconciler.Gone.Contains(_workspace.Key("one")));
        Assert.Equal(lists + 1, Lists());
    }

    [Fact]
    public async Task An_object_that_was_replaced_by_a_namesake_meanwhile_is_the_new_one()
    {
        Gadget one = await _workspace.CreateGadgetAsync("one");
        await StartAsync();
        await MissAsync(async () =>
        {
            await _workspace.Gadgets.DeleteAsync(_workspace.Key("one"), one.Metadata.Uid!, Cancel);
            await _workspace.CreateGadgetAsync("one", size: 2);
        });
        await Eventually.TrueAsync(() => Known.Find(_workspace.Key("one")) is { Spec.Size: 2 } now && now.Metadata.Uid != one.Metadata.Uid);
        await Eventually.TrueAsync(() => _operator.Reconciler.Calls.Any(call => call.Spec.Size == 2));
    }

    [Fact]
    public async Task Gone_as_an_answer_is_as_good_as_gone_in_mid_watch()
    {
        await _workspace.CreateGadgetAsync("one");
        await StartAsync();
        int lists = Lists();
        _kubernetes.FailNext(1, HttpStatusCode.Gone, request => IsWatchOfGadgets(request.Path, request.QueryString.Value));
        _kubernetes.DropWatches();
        await Eventually.TrueAsync(() => Lists() == lists + 1);
        await ResizeAsync("one", 3);
        await Eventually.TrueAsync(() => Known.Find(_workspace.Key("one"))?.Spec.Size == 3);
    }

    [Fact]
    public async Task Bookmarks_spare_a_quiet_watch_the_new_list()
    {
        await _workspace.CreateGadgetAsync("one");
        await StartAsync();
        int lists = Lists();

        // Much happens, but not to Gadgets; then the history is forgotten. Only a bookmark can have brought the watch this far.
        V1ConfigMap noise = new() { Metadata = new V1ObjectMeta { Name = "noise", NamespaceProperty = _workspace.Namespace } };
        await _workspace.Client<V1ConfigMap>().CreateAsync(noise, Cancel);
        await _workspace.CreateGadgetAsync("last");
        await Eventually.TrueAsync(() => Known.Find(_workspace.Key("last")) is not null);
        V1ConfigMap changed = await _workspace.Client<V1ConfigMap>().MergeAsync(_workspace.Key("noise"), new JsonObject { ["data"] = new JsonObject { ["a"] = "1" } }, Cancel);
        int polls = 0;
        await Eventually.TrueAsync(() =>
        {
            // Now and then only: a bookmark comes to a watch that has been quiet for a moment.
            if (++polls % 100 == 0) _kubernetes.DropWatches();
            return _kubernetes.Requests.Any(request =>
                IsWatchOfGadgets(request.Path, request.Path) && request.Path.Contains($"resourceVersion={changed.Metadata.ResourceVersion}&", StringComparison.Ordinal));
        });
        int watches = Watches();
        _kubernetes.Compact();
        _kubernetes.DropWatches();
        await Eventually.TrueAsync(() => Watches() > watches);
        await ResizeAsync("one", 4);
        await Eventually.TrueAsync(() => Known.Find(_workspace.Key("one"))?.Spec.Size == 4);
        Assert.Equal(lists, Lists());
    }

    [Fact]
    public async Task A_server_that_fails_for_a_while_is_asked_again_later_and_later()
    {
        _kubernetes.FailNext(6, HttpStatusCode.InternalServerError, request => request.Path.Value!.EndsWith("/gadgets", StringComparison.Ordinal) && request.Method == "GET");
        await _workspace.CreateGadgetAsync("one");
        await StartAsync();
        Assert.NotNull(Known.Find(_workspace.Key("one")));
        Assert.Equal(7, Lists());
    }

    [Fact]
    public async Task A_server_that_is_started_again_is_found_again()
    {
        await _workspace.CreateGadgetAsync("one");
        await StartAsync();
        await _kubernetes.StopAsync();
        await _kubernetes.StartAgainAsync();
        await ResizeAsync("one", 5);
        await Eventually.TrueAsync(() => Known.Find(_workspace.Key("one"))?.Spec.Size == 5);
    }

    [Fact]
    public async Task A_long_list_comes_in_pages()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 1_203), Cancel, async (i, _) => await _workspace.CreateGadgetAsync($"g{i}"));
        await StartAsync();
        Assert.Equal(1_203, Known.All().Count);
        Assert.Equal(3, Lists());
    }

    [Fact]
    public async Task A_list_whose_further_pages_are_gone_begins_anew()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 700), Cancel, async (i, _) => await _workspace.CreateGadgetAsync($"g{i}"));
        _kubernetes.FailNext(1, HttpStatusCode.Gone, request => request.Query.ContainsKey("continue"));
        await StartAsync();
        Assert.Equal(700, Known.All().Count);
        Assert.Equal(4, Lists());
    }

    [Fact]
    public async Task Only_the_namespaces_that_were_named_are_watched()
    {
        using TestWorkspace second = await TestWorkspace.CreateAsync(_kubernetes), third = await TestWorkspace.CreateAsync(_kubernetes);
        foreach (TestWorkspace workspace in (TestWorkspace[])[_workspace, second, third]) await workspace.CreateGadgetAsync("one");
        await using TestOperator both = await TestOperator.Create(_kubernetes.Configuration("both"), $"{_workspace.Namespace}, {second.Namespace}").StartAsync();
        await both.Get<Informer<Gadget>>().Synced.WaitAsync(Cancel);
        Assert.Equal(new[] { _workspace.Namespace, second.Namespace }.Order(), both.Gadgets.All().Select(gadget => gadget.Metadata.Namespace!).Order());
        await using TestOperator all = await TestOperator.Create(_kubernetes.Configuration("all"), "").StartAsync();
        await all.Get<Informer<Gadget>>().Synced.WaitAsync(Cancel);
        Assert.Equal(3, all.Gadgets.All().Count);
        Assert.DoesNotContain(_kubernetes.Requests, request => request.Client == "both" && request.Path.Contains("/v1alpha1/gadgets", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_contents_of_secrets_stay_on_the_server()
    {
        await _workspace.Client<V1Secret>().CreateAsync(
            new V1Secret { Metadata = new V1ObjectMeta { Name = "one", NamespaceProperty = _workspace.Namespace }, StringData = new Dictionary<string, string> { ["key"] = "value" } }, Cancel);
        await StartAsync();
        Resources<V1Secret> secrets = _operator.Get<Resources<V1Secret>>();
        await Eventually.TrueAsync(() => secrets.Find(_workspace.Key("one")) is { Data: null });
        V1Secret read = (await secrets.ReadAsync(_workspace.Key("one"), Cancel))!;
        Assert.Equal("value"u8.ToArray(), read.Data["key"]);
    }

    private static bool IsWatchOfGadgets(string? path, string? query) =>
        path!.Contains("/gadgets", StringComparison.Ordinal) && query!.Contains("watch=1", StringComparison.Ordinal);

    private async Task StartAsync()
    {
        await _operator.StartAsync();
        await _operator.Get<Informer<Gadget>>().Synced.WaitAsync(Cancel);
        await Eventually.TrueAsync(() => Watches() > 0);
    }

    /// <summary>Makes it happen between two watches, with the history forgotten before the second begins.</summary>
    private async Task MissAsync(Func<Task> happen)
    {
        _kubernetes.Partition("operator");
        _kubernetes.DropWatches();
        await happen();
        _kubernetes.Compact();
        _kubernetes.Heal("operator");
    }

    private Task<Gadget> ResizeAsync(string name, int size) =>
        _workspace.Gadgets.MergeAsync(_workspace.Key(name), new JsonObject { ["spec"] = new JsonObject { ["size"] = size } }, Cancel);

    private int Lists() => _kubernetes.Requests.Count(request =>
        request is { Client: "operator", Method: "GET" } && request.Path.Contains("/gadgets?limit", StringComparison.Ordinal));

    private int Watches() => _kubernetes.Requests.Count(request => request.Client == "operator" && IsWatchOfGadgets(request.Path, request.Path));
}
