using System.Net.Http.Json;
using System.Text.Json;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Resources;
using FinObs.Testing;

namespace FinObs.DataPlane.Tests.Cases;

/// <summary>Over HTTP, with the workers running.</summary>
public sealed class CasesApiTests
{
    private static readonly string[] Settings = [.. Door.WithoutModel, "--Cases:FromEvents", "true", "--Cases:Period", "00:00:00.2"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task From_a_flagged_transaction_to_a_resolved_case_and_its_story(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, Settings);
        Door door = new(host);
        await host.PostAsync("""[{"transaction_id":"t-1","amount":5,"account":"a-1"},{"transaction_id":"t-2","amount":50000,"account":"a-2"}]""");
        JsonElement[] cases = await CasesAsync(door, "/v1/cases", 2);
        JsonElement one = cases.Single(item => item.GetProperty("account").GetString() == "a-1");
        string path = $"/v1/cases/{one.GetProperty("id").GetString()}";
        await PostAsync(door, $"{path}/assign", new { to = "user:two" }, 428);
        await PostAsync(door, $"{path}/assign", new { to = "user:two", version = 1 }, 200);
        DoorAnswer stale = await PostAsync(door, $"{path}/priority", new { priority = 1, version = 1 }, 409);
        Assert.Contains("version 2", stale.Detail, StringComparison.Ordinal);
        await PostAsync(door, $"{path}/priority", new { priority = 9, version = 2 }, 422);
        await PostAsync(door, $"{path}/comment", new { comment = "Called." }, 200);
        await PostAsync(door, $"{path}/lock", new { minutes = 5 }, 200);
        DoorAnswer resolved = await PostAsync(door, $"{path}/resolve", new { outcome = "confirmed_fraud", notes = "Stolen.", version = 4 }, 200);
        Assert.Equal("Resolved", resolved.Json.GetProperty("case").GetProperty("status").GetString());

        JsonElement timeline = (await door.GetAsync($"{path}/timeline")).Json;
        string[] kinds = [.. timeline.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("kind").GetString()!)];
        Assert.Equal(["decision.made", "case.opened", "case.assigned", "case.commented", "case.locked", "case.resolved"], kinds);
        JsonElement log = (await door.GetAsync("/v1/compliance/log?eventType=case_resolved&isResolved=false")).Json.GetProperty("items")[0];
        await PostAsync(door, $"/v1/compliance/log/{log.GetProperty("id").GetString()}/resolve", new { notes = "Seen." }, 200);
        await PostAsync(door, $"/v1/compliance/log/{log.GetProperty("id").GetString()}/resolve", new { notes = "Seen." }, 409);
        JsonElement metrics = (await door.GetAsync("/v1/cases/metrics?days=1")).Json;
        Assert.Equal((1, 1), (metrics.GetProperty("resolved").GetInt32(), metrics.GetProperty("open").GetInt32()));
        Assert.Equal(200, (await door.GetAsync($"{path}/similar")).Status);
        Assert.Equal(404, (await door.GetAsync($"/v1/cases/{Guid.CreateVersion7()}")).Status);
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Every_filter_selects_pages_join_and_bulk_answers_for_each(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, Door.WithoutModel);
        Door door = new(host);
        string[] ids = new string[7];
        for (int i = 0; i < ids.Length; i++)
        {
            DoorAnswer opened = await PostAsync(door, "/v1/cases", new { type = i < 3 ? "spike" : "stuck_order", title = $"Case {i}", severity = i % 2 == 0 ? "high" : "Low", desk = "rates", trader = $"t-{i}", rootCause = "feed", account = $"a-{i}" }, 201);
            ids[i] = opened.Json.GetProperty("id").GetString()!;
        }

        Assert.Equal(3, await CountAsync(door, "type=spike"));
        Assert.Equal(4, await CountAsync(door, "severity=High"));
        Assert.Equal(7, await CountAsync(door, "severity=High,low&status=open&desk=rates&rootCause=feed&detectionMethod=person&source=person&assignedTo=&overdue=false&snoozed=false&locked=false&from=2020-01-01T00:00:00Z"));
        Assert.Equal(1, await CountAsync(door, "trader=t-3"));
        Assert.Equal(1, await CountAsync(door, "account=a-3"));
        Assert.Equal(0, await CountAsync(door, "to=2020-01-01T00:00:00Z"));
        Assert.Equal(0, await CountAsync(door, "reason=AMOUNT"));
        foreach (string wrong in (string[])["status=7", "severity=grave", "priority=6", "limit=0", "cursor=x", "from=yesterday"])
        {
            Assert.Equal(400, (await door.GetAsync($"/v1/cases?{wrong}")).Status);
        }

        List<string> seen = [];
        string? cursor = null;
        do
        {
            JsonElement page = (await door.GetAsync($"/v1/cases?limit=3{(cursor is null ? "" : $"&cursor={cursor}")}")).Json;
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);

        Assert.Equal(ids.Reverse(), seen);
        DoorAnswer bulk = await PostAsync(door, "/v1/cases/bulk", new { ids = (string[])[.. ids, Guid.CreateVersion7().ToString()], action = "resolve", with = new { outcome = "fixed", notes = "The feed is back." } }, 200);
        Assert.Equal((7, 1), (bulk.Json.GetProperty("done").GetInt32(), bulk.Json.GetProperty("failed").GetInt32()));
        Assert.Equal(7, await CountAsync(door, "status=Resolved&outcome=fixed"));
        await PostAsync(door, "/v1/cases/bulk", new { ids, action = "delete" }, 400);
        await PostAsync(door, "/v1/cases/bulk", new { ids = Enumerable.Range(0, 501).Select(_ => Guid.CreateVersion7()), action = "comment", with = new { comment = "x" } }, 400);
        await PostAsync(door, "/v1/cases", new { title = "x" }, 400);
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task The_compliance_log_is_written_filtered_counted_and_a_refused_approval_is_in_it(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, Settings);
        Door door = new(host);
        await PostAsync(door, "/v1/compliance/log", new { eventType = "manual_check", severity = "High", description = "Looked at the desk.", meta = new { b = 1, a = 2 } }, 201);
        await PostAsync(door, "/v1/compliance/log", new { eventType = "manual_check", severity = "so-so", description = "x" }, 400);
        DoorAnswer asked = await PostAsync(door, "/v1/approvals/rehearsals", new { action = "export.transactions", target = "march", summary = "Export March.", payload = new { month = 3 }, reason = "The auditor asks." }, 201);
        JsonElement request = asked.Json.GetProperty("request");
        Assert.True(request.GetProperty("simulation").GetBoolean());
        string path = $"/v1/approvals/{request.GetProperty("id").GetString()}";
        Assert.Single((await door.GetAsync("/v1/approvals?mine=true&status=pending")).Json.GetProperty("items").EnumerateArray());
        await PostAsync(door, $"{path}/approve", new { boundHash = "sha256:other", reason = "x" }, 409);
        await PostAsync(door, $"{path}/reject", new { boundHash = request.GetProperty("boundHash").GetString() }, 400);
        await PostAsync(door, $"{path}/reject", new { boundHash = request.GetProperty("boundHash").GetString(), reason = "Not now." }, 200);
        await PostAsync(door, $"{path}/reject", new { boundHash = request.GetProperty("boundHash").GetString(), reason = "Not now." }, 409);

        await Door.UntilAsync(() => door.GetAsync("/v1/compliance/log?eventType=approval_rejected"), answer => answer.Json.GetProperty("items").GetArrayLength() == 1);

        JsonElement stats = (await door.GetAsync("/v1/compliance/log/stats")).Json;
        Assert.Equal((2, 0, 1), (stats.GetProperty("total").GetInt32(), stats.GetProperty("resolved").GetInt32(), stats.GetProperty("byEventType").GetProperty("manual_check").GetInt32()));
        Assert.Equal(1, (await door.GetAsync("/v1/compliance/log?severity=High")).Json.GetProperty("items").GetArrayLength());
        JsonElement figures = (await door.GetAsync("/v1/approvals/metrics")).Json;
        Assert.Equal(1, figures.GetProperty("byActor")[0].GetProperty("rejected").GetInt32());
        Assert.Equal(400, (await door.GetAsync("/v1/approvals?status=maybe")).Status);
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_report_over_http_is_for_those_who_may_and_leaves_no_mark_on_the_case(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, Door.WithoutModel);
        Door door = new(host);
        string id = (await PostAsync(door, "/v1/cases", new { type = "x", title = "x", severity = "High" }, 201)).Json.GetProperty("id").GetString()!;
        Guid transaction = (await host.PostAsync("""{"transaction_id":"t-1","amount":5,"account":"a-1"}""")).GetProperty("results")[0].GetProperty("id").GetGuid();
        string before = (await door.GetAsync($"/v1/cases/{id}/timeline")).Text;
        Assert.Equal(404, (await door.GetAsync($"/v1/cases/{id}/sar")).Status);

        DoorAnswer drafted = await door.SendAsync(HttpMethod.Put, $"/v1/cases/{id}/sar", JsonContent.Create(new { revision = 0, narrative = "Structured.", suspectIdentified = false, transactions = (Guid[])[transaction] }));
        Assert.Equal((200, "Draft"), (drafted.Status, drafted.Json.GetProperty("status").GetString()));
        await PostAsync(door, $"/v1/cases/{id}/sar/review", new { revision = 1 }, 200);
        await PostAsync(door, $"/v1/cases/{id}/sar/file", new { revision = 2, reference = "BSA-1" }, 200);
        await PostAsync(door, $"/v1/cases/{id}/sar/drop", new { revision = 3, note = "x" }, 422);
        Assert.Equal(1, (await door.GetAsync("/v1/sars")).Json.GetArrayLength());

        Assert.Equal(before, (await door.GetAsync($"/v1/cases/{id}/timeline")).Text);
        Assert.DoesNotContain("sar", (await door.GetAsync($"/v1/cases/{id}")).Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_machine_neither_decides_on_approvals_nor_knows_of_reports()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.Combine("key"), "the-key");
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, [.. Door.WithoutModel, "--Access:ApiKeyFile", folder.Combine("key")]);
        host.Client.DefaultRequestHeaders.Authorization = new("Bearer", "the-key");
        Door door = new(host);
        Guid id = Guid.CreateVersion7();

        Assert.Equal(403, (await PostAsync(door, $"/v1/approvals/{id}/approve", new { boundHash = "x", reason = "x" }, 403)).Status);
        Assert.Equal(403, (await door.GetAsync($"/v1/cases/{id}/sar")).Status);
        Assert.Equal(403, (await door.GetAsync("/v1/sars")).Status);
        Assert.Equal(200, (await door.GetAsync("/v1/cases")).Status);
    }

    private static async Task<DoorAnswer> PostAsync(Door door, string path, object body, int expected)
    {
        DoorAnswer answer = await door.SendAsync(HttpMethod.Post, path, JsonContent.Create(body));
        Assert.True(answer.Status == expected, $"{path}: {answer.Status} {answer.Text}");
        return answer;
    }

    private static async Task<JsonElement[]> CasesAsync(Door door, string path, int count)
    {
        DoorAnswer found = await Door.UntilAsync(() => door.GetAsync(path), answer => answer.Json.GetProperty("items").GetArrayLength() >= count);
        return [.. found.Json.GetProperty("items").EnumerateArray()];
    }

    private static async Task<int> CountAsync(Door door, string query)
    {
        DoorAnswer answer = await door.GetAsync($"/v1/cases?{query}");
        Assert.True(answer.Status == 200, answer.Text);
        return answer.Json.GetProperty("items").GetArrayLength();
    }
}
