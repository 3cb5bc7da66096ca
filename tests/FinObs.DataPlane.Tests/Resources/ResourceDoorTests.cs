using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Tests.Resources;

/// <summary>Which submission comes into force, and what is said to the others.</summary>
public sealed class ResourceDoorTests
{
    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task A_new_resource_comes_into_force_with_its_defaults_and_the_same_again_changes_nothing(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, Door.WithoutModel);
        Door door = new(host);

        DoorAnswer created = await door.PutAsync(Door.ByOperator());
        DoorAnswer again = await door.PutAsync(Door.ByOperator());

        Assert.Equal((201, "Created"), (created.Status, created.Change));
        Assert.Equal(Door.Target, created.Response.Headers.Location?.OriginalString);
        Assert.Equal("Redacted", created.Json.GetProperty("spec").GetProperty("payload").GetString());
        Assert.Equal((200, "Unchanged"), (again.Status, again.Change));
        Assert.Equal(created.LeafId, again.LeafId);
        DoorAnswer stored = await door.GetAsync();
        Assert.Equal(created.SpecHash, stored.SpecHash);
        Assert.Equal("kubectl-client-side-apply", stored.Json.GetProperty("changedBy").GetString());
        Assert.False(stored.Json.TryGetProperty("change", out _));
    }

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task What_is_older_than_what_is_in_force_is_refused(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, Door.WithoutModel);
        Door door = new(host);
        await door.PutAsync(Door.ByOperator(generation: 3));

        DoorAnswer lower = await door.PutAsync(Door.ByOperator(generation: 2));
        DoorAnswer otherSpec = await door.PutAsync(Door.ByOperator(generation: 3, spec: Door.TargetSpec("https://other.example/")));
        DoorAnswer olderObject = await door.PutAsync(Door.ByOperator(generation: 9, uid: "older", createdAt: "2026-02-01T10:00:00Z"));
        DoorAnswer newerObject = await door.PutAsync(Door.ByOperator(generation: 1, uid: "newer", createdAt: "2026-03-01T10:00:00Z"));
        DoorAnswer ofThePast = await door.PutAsync(Door.ByOperator(generation: 4));

        Assert.Equal((409, "stale"), (lower.Status, lower.Code));
        Assert.Contains("Generation 2 is behind generation 3", lower.Detail, StringComparison.Ordinal);
        Assert.Equal((409, "contradiction"), (otherSpec.Status, otherSpec.Code));
        Assert.Equal((409, "stale"), (olderObject.Status, olderObject.Code));
        Assert.Equal((200, "Updated"), (newerObject.Status, newerObject.Change));
        Assert.Equal((409, "stale"), (ofThePast.Status, ofThePast.Code));
        Assert.Contains("uid newer has taken its place", ofThePast.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_of_the_rest_api_gets_uid_and_generation_from_the_data_plane()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, Door.WithoutModel);
        Door door = new(host);

        DoorAnswer created = await door.PutAsync(Door.ByApi());
        DoorAnswer changed = await door.PutAsync(Door.ByApi(Door.TargetSpec("https://other.example/")));
        JsonObject withUid = Door.ByApi();
        withUid["uid"] = "mine";
        DoorAnswer refused = await door.PutAsync(withUid);

        Assert.Equal((1L, 2L), (created.Generation, changed.Generation));
        Assert.Equal(created.Json.GetProperty("revision").GetProperty("uid").GetString(), changed.Json.GetProperty("revision").GetProperty("uid").GetString());
        Assert.Equal(422, refused.Status);
        Assert.StartsWith("uid: ", refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_owner_changes_or_deletes_a_resource()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, Door.WithoutModel);
        Door door = new(host);
        await door.PutAsync(Door.ByOperator());
        await door.PutAsync(Door.ByApi(), "/v1/namespaces/default/callbacktargets/ours");

        DoorAnswer byApi = await door.PutAsync(Door.ByApi());
        DoorAnswer byOperator = await door.PutAsync(Door.ByOperator(), "/v1/namespaces/default/callbacktargets/ours");
        DoorAnswer deletion = await door.DeleteAsync();
        JsonObject files = Door.ByApi();
        files["managedBy"] = "Files";
        DoorAnswer asFiles = await door.PutAsync(files);

        Assert.Equal((409, "owned_by_another"), (byApi.Status, byApi.Code));
        Assert.Contains("looked after by the operator", byApi.Detail, StringComparison.Ordinal);
        Assert.Equal((409, "owned_by_another"), (byOperator.Status, byOperator.Code));
        Assert.Contains("users of the REST API", byOperator.Detail, StringComparison.Ordinal);
        Assert.Equal((409, "owned_by_another"), (deletion.Status, deletion.Code));
        Assert.Equal(422, asFiles.Status);
        Assert.Equal(200, (await door.GetAsync()).Status);
    }

    [Theory]
    [InlineData("""{"url":"http://plain.example/"}""", "spec.url", "url must begin with https://")]
    [InlineData("""{"eventTypes":[]}""", "spec.eventTypes", "must have 1 to 32 items")]
    [InlineData("""{"colour":"red"}""", "spec.colour", "there is no such field")]
    [InlineData("""{"deliverey":{}}""", "spec.deliverey", "there is no such field; did you mean delivery?")]
    [InlineData("""{"filter":{"minscore":"0.99"}}""", "spec.filter.minscore", "there is no such field; did you mean minScore?")]
    [InlineData("""{"filter":{"minScore":0.99}}""", "spec.filter.minScore", "must be a number in quotes")]
    [InlineData("""{"payload":"Everything"}""", "spec.payload", "must be one of Redacted, Thin, Full")]
    public async Task An_invalid_spec_is_refused_with_its_field(string patch, string field, string message)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, Door.WithoutModel);
        JsonObject spec = Door.TargetSpec();
        foreach ((string name, JsonNode? value) in (JsonObject)JsonNode.Parse(patch)!)
        {
            spec[name] = value?.DeepClone();
        }

        DoorAnswer refused = await new Door(host).PutAsync(Door.ByApi(spec));

        Assert.Equal((422, "invalid"), (refused.Status, refused.Code));
        Assert.StartsWith($"{field}: {message}", refused.Detail, StringComparison.Ordinal);
        Assert.Contains(message, refused.Json.GetProperty("errors").GetProperty(field)[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_read_is_said_to_be_so()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, Door.WithoutModel);
        Door door = new(host);
        using StringContent text = new("managedBy: Api", Encoding.UTF8, "application/yaml");
        using StringContent half = new("{\"managedBy\":", Encoding.UTF8, "application/json");
        using StringContent large = new($"{{\"managedBy\":\"Api\",\"spec\":{{\"url\":\"{new string('x', 2_000_000)}\"}}}}", Encoding.UTF8, "application/json");
        using StringContent surrogate = new("""{"managedBy":"Api","changedBy":"\ud800","spec":{"url":"https://a.example/\ud800"}}""", Encoding.UTF8, "application/json");
        JsonObject nul = Door.ByApi();
        nul["spec"]!["headers"] = new JsonObject { ["x-a"] = "a\0b" };

        Assert.Equal(415, (await door.SendAsync(HttpMethod.Put, Door.Target, text)).Status);
        Assert.Equal(422, (await door.SendAsync(HttpMethod.Put, Door.Target, surrogate)).Status);
        Assert.Equal(422, (await door.SendAsync(HttpMethod.Put, Door.Target, half)).Status);
        Assert.Equal(413, (await door.SendAsync(HttpMethod.Put, Door.Target, large)).Status);
        Assert.Equal(422, (await door.PutAsync(nul)).Status);
        Assert.Equal(422, (await door.PutAsync(Door.ByApi(), "/v1/namespaces/Not_a_label/callbacktargets/siem")).Status);
        DoorAnswer noKind = await door.PutAsync(Door.ByApi(), "/v1/namespaces/default/callbacktarget/siem");
        Assert.Equal((404, "no_such_kind"), (noKind.Status, noKind.Code));
        Assert.Equal(404, (await door.GetAsync()).Status);
        JsonObject incomplete = Door.ByOperator();
        incomplete.Remove("generation");
        Assert.StartsWith("generation: is required of the operator", (await door.PutAsync(incomplete)).Detail, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task A_deleted_resource_is_gone_and_its_object_does_not_come_back(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, Door.WithoutModel);
        Door door = new(host);
        await door.PutAsync(Door.ByOperator());

        DoorAnswer otherObject = await door.DeleteAsync($"{Door.Target}?uid=another");
        DoorAnswer deleted = await door.DeleteAsync($"{Door.Target}?uid={Door.Uid}");

        Assert.Equal((409, "stale"), (otherObject.Status, otherObject.Code));
        Assert.Equal(204, deleted.Status);
        Assert.Equal(404, (await door.GetAsync()).Status);
        Assert.Equal(404, (await door.DeleteAsync($"{Door.Target}?uid={Door.Uid}")).Status);
        DoorAnswer late = await door.PutAsync(Door.ByOperator());
        Assert.Equal((409, "stale"), (late.Status, late.Code));
        Assert.Equal(201, (await door.PutAsync(Door.ByOperator(uid: "another", createdAt: "2026-04-01T00:00:00Z"))).Status);
        JsonElement history = (await door.GetAsync($"{Door.Target}/history")).Json.GetProperty("items");
        Assert.Equal(
            [(3L, "resource.applied"), (2L, "resource.deleted"), (1L, "resource.applied")],
            history.EnumerateArray().Select(item => (item.GetProperty("revision").GetInt64(), item.GetProperty("act").GetString()!)));
    }

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task Many_who_change_the_same_resource_at_once_come_one_after_the_other(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, Door.WithoutModel);
        Door door = new(host);

        DoorAnswer[] answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => door.PutAsync(Door.ByApi(Door.TargetSpec($"https://s{i}.example/")))));

        DoorAnswer[] done = [.. answers.Where(answer => answer.Status is 200 or 201)];
        Assert.All(answers.Except(done), answer => Assert.Equal((409, "contended"), (answer.Status, answer.Code)));
        Assert.Single(done, answer => answer.Status == 201);
        Assert.Equal(done.Length, done.Select(answer => answer.Generation).Distinct().Count());
        Assert.Equal(done.Length, (await door.GetAsync($"{Door.Target}/history")).Json.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Resources_are_listed_in_order_page_by_page_and_filtered()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, Door.WithoutModel);
        Door door = new(host);
        foreach (string path in (string[])["team-a/callbacktargets/b", "team-a/callbacktargets/a", "team-b/callbacktargets/c"])
        {
            JsonObject submission = Door.ByApi();
            submission["labels"] = new JsonObject { ["team"] = path[..6] };
            Assert.Equal(201, (await door.PutAsync(submission, $"/v1/namespaces/{path}")).Status);
        }

        DoorAnswer first = await door.GetAsync("/v1/resources?limit=2");
        DoorAnswer second = await door.GetAsync($"/v1/resources?limit=2&after={first.Json.GetProperty("next").GetString()}");

        Assert.Equal(["a", "b"], Names(first));
        Assert.Equal(["c"], Names(second));
        Assert.False(second.Json.TryGetProperty("next", out _));
        Assert.Equal(["a", "b"], Names(await door.GetAsync("/v1/namespaces/team-a/callbacktargets")));
        Assert.Equal(["c"], Names(await door.GetAsync("/v1/resources?label=team=team-b")));
        Assert.Empty(Names(await door.GetAsync("/v1/resources?managedBy=Operator")));
        Assert.Equal(400, (await door.GetAsync("/v1/resources?managedBy=Nobody")).Status);
        Assert.Equal(400, (await door.GetAsync("/v1/resources?limit=0")).Status);
        Assert.Equal(400, (await door.GetAsync("/v1/resources?after=x")).Status);
    }

    private static IEnumerable<string> Names(DoorAnswer answer) => answer.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()!);
}
