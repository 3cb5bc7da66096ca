using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Approvals;
using FinObs.DataPlane.Callbacks.Messages;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Approvals;
using FinObs.DataPlane.Tests.Resources;
using FinObs.Testing;

namespace FinObs.DataPlane.Tests.Callbacks;

/// <summary>What people do, told to receivers: cases and approvals.</summary>
public sealed class ActMessagesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Door.Databases), MemberType = typeof(Door))]
    internal async Task A_case_is_told_of_by_the_most_specific_name_and_without_what_people_wrote(DatabaseKind kind)
    {
        await using CallbackWorld world = await CallbackWorld.StartAsync(kind);
        await world.ApplyAsync(spec => (spec["eventTypes"], spec["payload"]) = (new JsonArray("case.opened", "case.updated"), "Full"));
        JsonElement opened = await SendAsync(world, "/v1/cases", new { type = "suspicious_transactions", title = "secret words", description = "secret words", severity = "High", account = "secret words" });
        Guid id = opened.GetProperty("id").GetGuid();
        foreach ((string act, JsonObject body) in (IEnumerable<(string, JsonObject)>)
            [("escalate", new() { ["reason"] = "secret words" }), ("comment", new() { ["comment"] = "secret words" }), ("resolve", new() { ["outcome"] = "legitimate", ["notes"] = "secret words" })])
        {
            body["version"] = (await world.Host.GetAsync($"/v1/cases/{id}")).GetProperty("version").GetInt64();
            await SendAsync(world, $"/v1/cases/{id}/{act}", body);
        }


        IReadOnlyList<Received> received = await world.ReceivedAsync(3);
        await world.FannedOutAsync();

        JsonElement[] bodies = [.. received.Select(message => JsonDocument.Parse(message.Body).RootElement)];
        Assert.Equal(["case.opened", "case.updated", "case.updated"], bodies.Select(body => body.GetProperty("type").GetString()).Order());
        Assert.Equal(["case.escalated", "case.opened", "case.resolved"], bodies.Select(body => body.GetProperty("data").GetProperty("kind").GetString()).Order());
        Assert.All(bodies, body => Assert.Equal((id, opened.GetProperty("number").GetString()), (body.GetProperty("data").GetProperty("case_id").GetGuid(), body.GetProperty("data").GetProperty("case").GetString())));
        Assert.All(received, message => Assert.DoesNotContain("secret", message.Body, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task An_approval_is_told_of_without_what_is_asked(DatabaseKind kind)
    {
        await using ApprovalWorld world = await ApprovalWorld.StartAsync(kind);
        Guid id = await world.RequestAsync();
        await world.AgreeAsync(id, ApprovalWorld.Compliance("one"));
        await world.AgreeAsync(id, ApprovalWorld.Compliance("two"));
        await world.AgreeAsync(id, ApprovalWorld.Admin("three"));
        await world.Slice.SequenceAsync();

        List<StreamEvent> events = [.. (await world.Slice.EventsAsync()).Where(item => item.Topic.StartsWith("approval.", StringComparison.Ordinal))];
        List<CallbackCandidate> candidates = await world.Slice.Get<CallbackSources>().CandidatesAsync(events, Stop);
        Assert.Equal([ApprovalActs.Requested, ApprovalActs.Decided], candidates.Select(candidate => Assert.Single(candidate.Types)));

        (JsonElement requested, JsonElement decided) = (await BodyAsync(world, ApprovalActs.Requested, id, CallbackPayload.Redacted), await BodyAsync(world, ApprovalActs.Decided, id, CallbackPayload.Redacted));
        Assert.Equal(ApprovalWorld.Action, requested.GetProperty("action").GetString());
        Assert.False(requested.TryGetProperty("verdict", out _)); // the same body before and after it was decided
        Assert.Equal("Approved", decided.GetProperty("verdict").GetString());
        Assert.Equal(["id", "namespace"], (await BodyAsync(world, ApprovalActs.Decided, id, CallbackPayload.Thin)).EnumerateObject().Select(member => member.Name));
        JsonElement full = await BodyAsync(world, ApprovalActs.Decided, id, CallbackPayload.Full);
        Assert.Equal(("the-limit", "user:asker"), (full.GetProperty("target").GetString(), full.GetProperty("requested_by").GetString()));
        Assert.All((string[])["Raise the limit", "too low", "C-1", "\"limit\""], words => Assert.DoesNotContain(words, full.GetRawText(), StringComparison.Ordinal));
    }

    private static async Task<JsonElement> BodyAsync(ApprovalWorld world, string topic, Guid id, CallbackPayload payload)
    {
        ICallbackSource source = world.Slice.Get<IEnumerable<ICallbackSource>>().Single(one => one.Topic == topic);
        Dictionary<Guid, byte[]> bodies = await source.BodiesAsync([new CallbackEvent(topic, world.Slice.Time.GetUtcNow(), id)], payload, Stop);
        return JsonDocument.Parse(Encoding.UTF8.GetString(bodies[id])).RootElement.GetProperty("data");
    }

    private static async Task<JsonElement> SendAsync(CallbackWorld world, string path, object body)
    {
        using HttpResponseMessage answer = await world.Host.Client.PostAsJsonAsync(path, body, Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }
}
