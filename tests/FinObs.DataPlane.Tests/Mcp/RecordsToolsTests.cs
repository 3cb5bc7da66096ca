using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Resources;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace FinObs.DataPlane.Tests.Mcp;

/// <summary>Tools, resources and prompts around what was decided.</summary>
public sealed class RecordsToolsTests
{
    private const string Large = """{"transaction_id":"large-1","amount":990000,"type":"wire_transfer","account":"acc-1","counterparty":"new-1","timestamp":"2026-01-30T03:00:00Z"}""";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_decision_is_shown_proven_and_verified_and_a_changed_file_is_found_out(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);
        await using McpClients clients = new(host);
        McpClient client = await clients.ConnectAsync();
        string id = await DecidedAsync(host);

        JsonElement shown = await client.AnswerAsync("get_transaction", new { id = "large-1" });
        JsonElement rest = await host.GetAsync($"/v1/transactions/{id}");
        Assert.Equal(id, shown.GetProperty("id").GetString());
        Assert.StartsWith("tok_", shown.GetProperty("account").GetString(), StringComparison.Ordinal);
        Assert.True(JsonElement.DeepEquals(rest.GetProperty("decision"), shown.GetProperty("decision")));
        Assert.True(JsonElement.DeepEquals(rest.GetProperty("explanation"), shown.GetProperty("explanation")));

        JsonElement evidence = await Door.UntilAsync(() => client.AnswerAsync("get_decision_evidence", new { id }), one => one.GetProperty("state").GetString() == "proven");
        JsonElement proof = await host.GetAsync(evidence.GetProperty("proof").GetProperty("leaf_id").GetString() is { } leaf ? $"/v1/audit/leaves/{leaf}/proof" : "");
        Assert.Equal(proof.GetProperty("index").GetString(), evidence.GetProperty("proof").GetProperty("index").GetString());
        Assert.Equal("decision.made", evidence.GetProperty("story")[0].GetProperty("kind").GetString());
        Assert.Equal("verified", (await client.AnswerAsync("verify_evidence", new { id })).GetProperty("verdict").GetString());

        string file = await host.Client.GetStringAsync(new Uri(evidence.GetProperty("file").GetString()!, UriKind.Relative), Stop);
        Assert.Equal("verified", (await client.AnswerAsync("verify_evidence", new { evidence = file })).GetProperty("verdict").GetString());
        int at = file.IndexOf("\"index\":\"", StringComparison.Ordinal) + 9;
        StringBuilder changed = new(file) { [at] = file[at] == '9' ? '8' : '9' };
        JsonElement lie = await client.AnswerAsync("verify_evidence", new { evidence = changed.ToString() });
        Assert.Equal("not_true", lie.GetProperty("verdict").GetString());
        Assert.True(lie.GetProperty("findings").GetArrayLength() > 0);
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_proposal_opens_a_request_and_does_nothing(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);
        await using McpClients clients = new(host);
        McpClient client = await clients.ConnectAsync();
        string id = await DecidedAsync(host);
        string holds = (await host.GetAsync($"/v1/transactions/{id}")).GetProperty("effective_decision").GetString()!;

        JsonElement proposal = await client.AnswerAsync("propose_action", new { action = "decision.override", decision_id = id, to = "approve", note = "The customer announced this payment in writing." });
        JsonElement twice = await client.AnswerAsync("propose_action", new { action = "decision.override", decision_id = id, from = holds, to = "approve", note = "The customer announced this payment in writing." });
        JsonElement list = await client.AnswerAsync("list_approvals", new { status = "Pending", about = id });

        string request = proposal.GetProperty("request").GetProperty("id").GetString()!;
        Assert.Equal(request, twice.GetProperty("request").GetProperty("id").GetString());
        Assert.Equal(request, Assert.Single(list.GetProperty("items").EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal("Pending", (await host.GetAsync($"/v1/approvals/{request}")).GetProperty("request").GetProperty("status").GetString());
        Assert.Equal(holds, (await host.GetAsync($"/v1/transactions/{id}")).GetProperty("effective_decision").GetString());
        string other = holds == "block" ? "manual_review" : "block";
        Assert.Contains(
            $"{holds} holds of this decision, not {other}",
            await client.RefusalAsync("propose_action", new { action = "decision.override", decision_id = id, from = other, to = "approve", note = "The customer announced this payment in writing." }), StringComparison.Ordinal);
        Assert.Contains("There is no decision", await client.RefusalAsync("propose_action", new { action = "decision.override", decision_id = Guid.Empty, to = "approve", note = "It is not there at all." }), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Cases_are_listed_by_page_and_shown_with_their_story(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, Door.WithoutModel);
        await using McpClients clients = new(host);
        McpClient client = await clients.ConnectAsync();
        Door door = new(host);
        for (int i = 0; i < 5; i++)
        {
            await door.SendAsync(HttpMethod.Post, "/v1/cases", JsonContent.Create(new { type = "spike", title = $"Case {i}", severity = i == 0 ? "High" : "Low", account = "DE89370400440532013000" }));
        }

        JsonElement first = await client.AnswerAsync("list_incidents", new { limit = 3 });
        JsonElement second = await client.AnswerAsync("list_incidents", new { limit = 3, cursor = first.GetProperty("next").GetString() });
        JsonElement high = await client.AnswerAsync("list_incidents", new { severity = "high", status = "open" });
        JsonElement one = await client.AnswerAsync("get_case", new { id = high.GetProperty("incidents")[0].GetProperty("number").GetString() });

        Assert.Equal(["Case 4", "Case 3", "Case 2", "Case 1", "Case 0"], Titles(first).Concat(Titles(second)));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);
        Assert.Equal(["Case 0"], Titles(high));
        Assert.StartsWith("tok_", one.GetProperty("case").GetProperty("account").GetString(), StringComparison.Ordinal);
        Assert.Equal("case.opened", one.GetProperty("timeline")[0].GetProperty("kind").GetString());
        Assert.Contains("list_incidents", await client.RefusalAsync("get_case", new { id = "CASE-999999" }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_experiments_drift_and_leaderboard_answer_and_say_what_there_is_where_there_is_not()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        await using McpClients clients = new(host);
        McpClient client = await clients.ConnectAsync();

        JsonElement deciding = (await client.AnswerAsync("get_model_version")).GetProperty("version");
        string model = deciding.GetProperty("model").GetString()!;
        Assert.Equal(["default"], deciding.GetProperty("decides_for").EnumerateArray().Select(name => name.GetString()));
        Assert.Contains(deciding.GetProperty("version").GetString()!, await client.RefusalAsync("get_model_version", new { model, version = "99.0.0" }), StringComparison.Ordinal);
        Assert.Contains(model, await client.RefusalAsync("get_model_version", new { model = "none", version = "1" }), StringComparison.Ordinal);
        Assert.Contains("there is none at all", await client.RefusalAsync("get_experiment", new { name = "none" }), StringComparison.Ordinal);
        Assert.True((await client.AnswerAsync("get_drift_status")).GetProperty("has_reference").GetBoolean());
        Assert.Equal("own_decisions", (await client.AnswerAsync("get_model_leaderboard")).GetProperty("basis").GetString());
        Assert.Equal("submissions", (await client.AnswerAsync("get_model_leaderboard", new { basis = "submissions" })).GetProperty("basis").GetString());
    }

    [Fact]
    public async Task Resources_are_what_the_tools_answer_and_prompts_hold_their_arguments()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        await using McpClients clients = new(host);
        McpClient client = await clients.ConnectAsync();
        string id = await DecidedAsync(host);

        Assert.Equal(["platform://metrics", "platform://drift", "platform://regulations"], (await client.ListResourcesAsync(cancellationToken: Stop)).Select(one => one.Uri));
        Assert.Equal(
            ["platform://transactions/{id}", "platform://cases/{id}", "platform://models/{model}/{version}"], (await client.ListResourceTemplatesAsync(cancellationToken: Stop)).Select(one => one.UriTemplate));
        JsonElement read = JsonElement.Parse(await ReadAsync(client, $"platform://transactions/{id}"));
        Assert.True(JsonElement.DeepEquals(await client.AnswerAsync("get_transaction", new { id }), read));
        Assert.Contains("17a-4", await ReadAsync(client, "platform://regulations"), StringComparison.Ordinal);
        await Assert.ThrowsAsync<McpProtocolException>(() => ReadAsync(client, "platform://transactions/none-of-these"));
        await Assert.ThrowsAsync<McpProtocolException>(() => ReadAsync(client, "platform://nothing"));

        Assert.Equal(["review_case", "weekly_model_report", "examiner_answer"], (await client.ListPromptsAsync(cancellationToken: Stop)).Select(one => one.Name));
        GetPromptResult prompt = await client.GetPromptAsync("review_case", new Dictionary<string, object?> { ["id"] = "CASE-000007" }, cancellationToken: Stop);
        Assert.Contains("Review case CASE-000007.", ((TextContentBlock)prompt.Messages[0].Content).Text, StringComparison.Ordinal);
        McpProtocolException missing = await Assert.ThrowsAsync<McpProtocolException>(async () => await client.GetPromptAsync("review_case", cancellationToken: Stop));
        Assert.Contains("id is missing", missing.Message, StringComparison.Ordinal);
    }

    private static async Task<string> ReadAsync(McpClient client, string address) =>
        ((TextResourceContents)Assert.Single((await client.ReadResourceAsync(address, cancellationToken: Stop)).Contents)).Text;

    private static IEnumerable<string?> Titles(JsonElement page) => page.GetProperty("incidents").EnumerateArray().Select(one => one.GetProperty("title").GetString());

    /// <summary>Something that is not approved.</summary>
    private static async Task<string> DecidedAsync(TestDataPlane host)
    {
        JsonElement result = (await host.PostAsync(Large)).GetProperty("results")[0];
        Assert.NotEqual("approve", result.GetProperty("decision").GetString());
        return result.GetProperty("id").GetString()!;
    }
}
