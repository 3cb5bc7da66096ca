using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FinObs.DataPlane.Audit.Verification;
using FinObs.DataPlane.Decisions.Overrides;
using FinObs.DataPlane.Ledger.Labels;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using FinObs.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Decisions.Overrides;

/// <summary>A person decides otherwise: a record of its own beside the one that stays.</summary>
public sealed class OverrideTests : IDisposable
{
    private const string Note = "The customer was called and confirmed it.";

    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly TemporaryFolder _folder = new();

    public OverrideTests() => File.WriteAllText(_folder.Combine("rules.yaml"), """
        rules:
          - {id: large, version: 1, type: amountLimit, regulation: internal policy, outcome: block, amount: 5000}
          - {id: middling, version: 1, type: amountLimit, regulation: internal policy, outcome: review, amount: 1000}
        """);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task An_override_is_a_new_record_with_label_leaf_and_event_and_the_original_stays(DatabaseKind kind)
    {
        await using TestDataPlane host = await StartAsync(kind);
        (string id, JsonElement before) = await DecideAsync(host, "o-1", 1_500);

        JsonElement answer = await OverrideAsync(host, id, "manual_review", "approve", HttpStatusCode.OK);

        JsonElement after = await host.GetAsync("/v1/transactions/o-1");
        Assert.Equal(before.GetProperty("decision").GetRawText(), after.GetProperty("decision").GetRawText());
        Assert.Equal(("approve", "manual_review"), (after.GetProperty("effective_decision").GetString(), before.GetProperty("effective_decision").GetString()));
        JsonElement shown = Assert.Single(after.GetProperty("overrides").EnumerateArray());
        Assert.Equal((answer.GetProperty("id").GetString(), "manual_review", "approve", Note, "local"), (Text(shown, "id"), Text(shown, "from"), Text(shown, "to"), Text(shown, "note"), Text(shown, "by")));

        await using FinObsDbContext db = host.Services.GetRequiredService<IDatabase>().CreateContext();
        Assert.Equal((TransactionLabel.Legitimate, "override"), await db.TransactionLabels.Select(row => new ValueTuple<TransactionLabel, string>(row.Label, row.Source)).SingleAsync(Ct));
        await AssertProvenAsync(host, payloads: 4);
        Assert.Single(await EventsAsync(host), item => item.Topic == OverrideRow.Kind && item.SubjectId == Guid.Parse(Text(answer, "id")!));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task Of_many_at_once_one_wins_and_the_others_hear_what_holds(DatabaseKind kind)
    {
        await using TestDataPlane host = await StartAsync(kind);
        (string id, _) = await DecideAsync(host, "o-1", 1_500);

        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => SendAsync(host, id, "manual_review", i % 2 == 0 ? "approve" : "block")));

        HttpResponseMessage won = Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        string holds = Text(await won.Content.ReadFromJsonAsync<JsonElement>(Ct), "to")!;
        foreach (HttpResponseMessage lost in answers.Where(answer => answer != won))
        {
            Assert.Equal(HttpStatusCode.Conflict, lost.StatusCode);
            Assert.Equal(holds, Text(await lost.Content.ReadFromJsonAsync<JsonElement>(Ct), "holds"));
        }

        await OverrideAsync(host, id, holds, "manual_review", holds == "block" ? HttpStatusCode.Accepted : HttpStatusCode.OK);
        Array.ForEach(answers, answer => answer.Dispose());
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task To_loosen_a_block_another_has_to_agree(DatabaseKind kind)
    {
        await using TestDataPlane host = await StartAsync(kind);
        (string id, _) = await DecideAsync(host, "o-1", 6_000);

        JsonElement waiting = await OverrideAsync(host, id, "block", "approve", HttpStatusCode.Accepted);

        Assert.Equal("block", Text(await host.GetAsync("/v1/transactions/o-1"), "effective_decision"));
        string approval = Text(waiting, "approvalId")!;
        string hash = Text((await host.GetAsync($"/v1/approvals/{approval}")).GetProperty("request"), "boundHash")!;
        using HttpResponseMessage agreed = await host.Client.PostAsJsonAsync($"/v1/approvals/{approval}/approve", new { boundHash = hash, reason = "Looked at it too." }, Ct);
        Assert.True(agreed.IsSuccessStatusCode, await agreed.Content.ReadAsStringAsync(Ct));

        JsonElement after = await host.GetAsync("/v1/transactions/o-1");
        Assert.Equal("approve", Text(after, "effective_decision"));
        Assert.Equal(["local"], after.GetProperty("overrides")[0].GetProperty("approved_by").EnumerateArray().Select(name => name.GetString()));
        await AssertProvenAsync(host, payloads: 6);
    }

    [Fact]
    public async Task What_was_agreed_is_not_done_once_something_else_holds()
    {
        await using TestDataPlane host = await StartAsync(DatabaseKind.Sqlite, "--Overrides:SecondApproverAbove", "1200");
        (string id, _) = await DecideAsync(host, "o-1", 1_500);
        string approval = Text(await OverrideAsync(host, id, "manual_review", "approve", HttpStatusCode.Accepted), "approvalId")!;
        string other = Text(await OverrideAsync(host, id, "manual_review", "block", HttpStatusCode.Accepted), "approvalId")!;
        Assert.NotEqual(approval, other);
        foreach (string each in (string[])[other, approval])
        {
            string hash = Text((await host.GetAsync($"/v1/approvals/{each}")).GetProperty("request"), "boundHash")!;
            using HttpResponseMessage agreed = await host.Client.PostAsJsonAsync($"/v1/approvals/{each}/approve", new { boundHash = hash, reason = "Looked at it too." }, Ct);
            Assert.True(agreed.IsSuccessStatusCode);
        }

        JsonElement dead = await host.GetAsync($"/v1/approvals/{approval}");
        Assert.Contains("The decision was overridden meanwhile: block holds, not manual_review.", dead.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("block", Text(await host.GetAsync("/v1/transactions/o-1"), "effective_decision"));
    }

    [Fact]
    public async Task Without_the_option_a_block_is_loosened_at_once()
    {
        await using TestDataPlane host = await StartAsync(DatabaseKind.Sqlite, "--Overrides:SecondApproverToLoosenBlock", "false");
        (string id, _) = await DecideAsync(host, "o-1", 6_000);

        await OverrideAsync(host, id, "block", "manual_review", HttpStatusCode.OK);

        await using FinObsDbContext db = host.Services.GetRequiredService<IDatabase>().CreateContext();
        Assert.Equal(0, await db.TransactionLabels.CountAsync(Ct));
    }

    [Fact]
    public async Task What_is_not_valid_is_refused_with_what_to_do()
    {
        await using TestDataPlane host = await StartAsync(DatabaseKind.Sqlite);
        (string id, _) = await DecideAsync(host, "o-1", 1_500);

        Assert.StartsWith("note must say why, in 10 to 4,000 characters", await DetailAsync(host, id, new { from = "manual_review", to = "approve", note = "too short" }, 422), StringComparison.Ordinal);
        Assert.StartsWith("note must say why", await DetailAsync(host, id, new { from = "manual_review", to = "approve", note = new string('x', 4_001) }, 422), StringComparison.Ordinal);
        Assert.StartsWith("from and to are the same", await DetailAsync(host, id, new { from = "block", to = "block", note = Note }, 422), StringComparison.Ordinal);
        Assert.StartsWith("to must be approve, manual_review or block.", await DetailAsync(host, id, new { from = "block", to = "maybe", note = Note }, 422), StringComparison.Ordinal);
        Assert.StartsWith("manual_review holds of this decision, not block", await DetailAsync(host, id, new { from = "block", to = "approve", note = Note }, 409), StringComparison.Ordinal);
        Assert.StartsWith("There is no decision", await DetailAsync(host, Guid.Empty.ToString(), new { from = "block", to = "approve", note = Note }, 404), StringComparison.Ordinal);
        Assert.Empty((await host.GetAsync($"/v1/decisions/{id}/overrides")).EnumerateArray());
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task The_database_refuses_to_change_an_override(DatabaseKind kind)
    {
        await using TestDataPlane host = await StartAsync(kind);
        (string id, _) = await DecideAsync(host, "o-1", 1_500);
        await OverrideAsync(host, id, "manual_review", "block", HttpStatusCode.OK);

        await using FinObsDbContext db = host.Services.GetRequiredService<IDatabase>().CreateContext();
        Exception refused = await Assert.ThrowsAnyAsync<Exception>(() => db.DecisionOverrides.ExecuteUpdateAsync(row => row.SetProperty(one => one.Note, "Never mind."), Ct));
        Assert.Contains("its rows are evidence", refused.ToString(), StringComparison.Ordinal);
    }

    private Task<TestDataPlane> StartAsync(DatabaseKind kind, params string[] args) => TestDataPlane.StartAsync(kind, ["--Models:BuiltIn", "false", "--Rules:Path", _folder.FullPath, .. args]);

    private static async Task<(string Id, JsonElement Detail)> DecideAsync(TestDataPlane host, string id, int amount)
    {
        await host.PostAsync(JsonSerializer.Serialize(new { transaction_id = id, amount, type = "card", account = "a-1" }));
        JsonElement detail = await host.GetAsync($"/v1/transactions/{id}");
        return (Text(detail, "id")!, detail);
    }

    private static Task<HttpResponseMessage> SendAsync(TestDataPlane host, string id, string from, string to) =>
        host.Client.PostAsJsonAsync($"/v1/decisions/{id}/override", new { from, to, note = Note }, Ct);

    private static async Task<JsonElement> OverrideAsync(TestDataPlane host, string id, string from, string to, HttpStatusCode expected)
    {
        using HttpResponseMessage answer = await SendAsync(host, id, from, to);
        string body = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.StatusCode == expected, $"{answer.StatusCode}: {body}");
        return JsonDocument.Parse(body).RootElement;
    }

    private static async Task<string> DetailAsync(TestDataPlane host, string id, object body, int status)
    {
        using HttpResponseMessage answer = await host.Client.PostAsJsonAsync($"/v1/decisions/{id}/override", body, Ct);
        Assert.Equal(status, (int)answer.StatusCode);
        return Text(await answer.Content.ReadFromJsonAsync<JsonElement>(Ct), "detail")!;
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private static async Task AssertProvenAsync(TestDataPlane host, int payloads)
    {
        VerificationReport report;
        do
        {
            await Task.Yield();
            report = await host.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(pinned: null, [], Ct);
        }
        while (report.Payloads < payloads && !Ct.IsCancellationRequested);

        Assert.True(report.Lies + report.Shredded == 0, string.Join('\n', report.Findings));
    }

    private static async Task<List<StreamEvent>> EventsAsync(TestDataPlane host)
    {
        while (true)
        {
            List<StreamEvent> events = await host.Services.GetRequiredService<EventLog>().ReadAsync("default", 0, 100, Ct);
            if (events.Exists(item => item.Topic == OverrideRow.Kind))
            {
                return events;
            }

            await Task.Yield();
        }
    }
}
