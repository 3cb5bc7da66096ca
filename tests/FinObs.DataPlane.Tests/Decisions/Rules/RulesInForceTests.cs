using System.Net;
using System.Text.Json;
using FinObs.DataPlane.Audit.Notes;
using FinObs.DataPlane.Audit.Verification;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Decisions.Rules;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Storage;
using FinObs.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Decisions.Rules;

/// <summary>Rules in the host: what they do to decisions, what is proven of them, and how they change while it runs.</summary>
public sealed class RulesInForceTests : IDisposable
{
    private const string Rules = """
        rules:
          - {id: large, version: 2, type: amountLimit, regulation: 31 CFR 1010.311, outcome: block, amount: 1000}
          - {id: often, version: 1, type: velocity, regulation: internal policy, outcome: review, moreThan: 3, window: 1h}
        """;

    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task A_decision_names_its_rules_and_their_set_and_proves_both(DatabaseKind kind)
    {
        await using TestDataPlane host = await StartAsync(kind);
        string digest = (await host.GetAsync("/v1/rules")).GetProperty("digest").GetString()!;

        JsonElement answer = (await host.PostAsync("""{"transaction_id":"r-1","amount":1000.01,"type":"card","account":"a-1"}""")).GetProperty("results")[0];
        JsonElement below = (await host.PostAsync("""{"transaction_id":"r-2","amount":10,"type":"card","account":"a-1"}""")).GetProperty("results")[0];

        Assert.Equal("block", answer.GetProperty("decision").GetString());
        Assert.Equal("31 CFR 1010.311", answer.GetProperty("regulation").GetString());
        Assert.False(below.TryGetProperty("regulation", out _));
        JsonElement detail = (await host.GetAsync("/v1/transactions/r-1")).GetProperty("decision");
        Assert.Equal(digest, detail.GetProperty("rules").GetString());
        JsonElement reason = detail.GetProperty("reasons").EnumerateArray().First(item => item.TryGetProperty("rule", out _));
        Assert.Equal("1,000.01 USD is over the limit of 1,000 USD", reason.GetProperty("text").GetString());
        Assert.Equal(("large", 2, "block"), (reason.GetProperty("rule").GetProperty("id").GetString(), reason.GetProperty("rule").GetProperty("version").GetInt32(), reason.GetProperty("rule").GetProperty("outcome").GetString()));
        Assert.Equal(2, (await host.GetAsync($"/v1/rules/sets/{digest}")).GetProperty("rules").GetArrayLength());
        VerificationReport report = await VerifiedAsync(host, payloads: 5);
        Assert.True(report.Lies == 0, string.Join('\n', report.Findings));
        await AssertEvidenceAsync(host);
    }

    [Fact]
    public async Task A_changed_rule_set_of_a_decision_is_found_out()
    {
        await using TestDataPlane host = await StartAsync(DatabaseKind.Sqlite);
        await host.PostAsync("""{"transaction_id":"r-1","amount":1000.01}""");
        await VerifiedAsync(host, payloads: 4);
        await using (FinObsDbContext db = host.Services.GetRequiredService<IDatabase>().CreateContext())
        {
            await db.Database.ExecuteSqlAsync($"DROP TRIGGER decisions_no_update", Ct);
            await db.Database.ExecuteSqlAsync($"UPDATE decisions SET rules = zeroblob(32)", Ct);
        }

        Assert.Equal(1, (await host.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(pinned: null, [], Ct)).Lies);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task However_a_stream_is_cut_rules_see_the_same_past(DatabaseKind kind)
    {
        string[] single = await ReasonsAsync(kind, 1), sevens = await ReasonsAsync(kind, 7), all = await ReasonsAsync(kind, 400);

        Assert.Equal(single, sevens);
        Assert.Equal(single, all);
        Assert.InRange(single.Count(text => text.Contains("RULE_OFTEN", StringComparison.Ordinal)), 20, 380);
    }

    [Fact]
    public async Task Without_rules_profiles_remember_nothing_and_decisions_name_none()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        await host.PostAsync("""{"transaction_id":"r-1","amount":1000000,"account":"a-1"}""");

        await using FinObsDbContext db = host.Services.GetRequiredService<IDatabase>().CreateContext();
        Assert.Null((await db.AccountProfiles.SingleAsync(Ct)).Recent);
        Assert.Null((await db.Decisions.SingleAsync(Ct)).Rules);
        Assert.False((await host.GetAsync("/v1/transactions/r-1")).GetProperty("decision").TryGetProperty("rules", out _));
        Assert.Equal(JsonValueKind.Null, (await host.GetAsync("/v1/rules")).GetProperty("digest").ValueKind);
        Assert.Equal(0, await db.Set<RuleChangeRow>().CountAsync(Ct));
    }

    [Fact]
    public async Task Without_a_model_a_rule_still_blocks_and_a_person_looks_at_the_rest()
    {
        await using TestDataPlane host = await StartAsync(DatabaseKind.Sqlite, "--Models:BuiltIn", "false");

        JsonElement results = (await host.PostAsync("""[{"transaction_id":"r-1","amount":5000},{"transaction_id":"r-2","amount":5}]""")).GetProperty("results");

        Assert.Equal(["block", "manual_review"], results.EnumerateArray().Select(result => result.GetProperty("decision").GetString()));
        Assert.Equal(
            ["5,000 USD is over the limit of 1,000 USD", "No usable model could score this transaction; it waits for a person."],
            results[0].GetProperty("risk_factors").EnumerateArray().Select(text => text.GetString()));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task Files_that_change_come_into_force_and_bad_ones_do_not(DatabaseKind kind)
    {
        await using TestDataPlane host = await StartAsync(kind, "--Rules:PollPeriod", "00:00:00.100");
        string first = (await host.GetAsync("/v1/rules")).GetProperty("digest").GetString()!;

        Write("rules.yaml", Rules.Replace("amount: 1000", "amount: none", StringComparison.Ordinal));
        JsonElement stale = await UntilAsync(host, rules => rules.GetProperty("problems").GetArrayLength() > 0);
        Assert.Equal(first, stale.GetProperty("digest").GetString());
        Assert.Equal(("rules.yaml", 2, "rules[0].amount"), (Problem(stale, "file").GetString(), Problem(stale, "line").GetInt32(), Problem(stale, "field").GetString()));
        Assert.Equal("last_good", (await host.GetAsync("/health/ready")).GetProperty("rules").GetString());
        await host.PostAsync("""{"transaction_id":"r-1","amount":1000.01}""");
        Assert.Equal("block", (await host.GetAsync("/v1/transactions/r-1")).GetProperty("decision").GetProperty("decision").GetString());

        Write("rules.yaml", Rules.Replace("amount: 1000", "amount: 2000", StringComparison.Ordinal));
        JsonElement changed = await UntilAsync(host, rules => rules.GetProperty("digest").GetString() != first);
        Assert.Empty(changed.GetProperty("problems").EnumerateArray());
        Assert.Equal("in_force", (await host.GetAsync("/health/ready")).GetProperty("rules").GetString());
        await using FinObsDbContext db = host.Services.GetRequiredService<IDatabase>().CreateContext();
        RuleChangeRow[] changes = await db.Set<RuleChangeRow>().OrderBy(row => row.Sequence).ToArrayAsync(Ct);
        Assert.Equal([(1, null, first), (2, first, changed.GetProperty("digest").GetString()!)], changes.Select(row => (row.Sequence, row.Previous, row.Digest)));
    }

    [Fact]
    public async Task A_mounted_config_map_that_swaps_its_link_is_read_anew()
    {
        Directory.CreateDirectory(_folder.Combine("..one"));
        Directory.CreateDirectory(_folder.Combine("..two"));
        Write("..one/rules.yaml", Rules);
        Write("..two/rules.yaml", Rules.Replace("amount: 1000", "amount: 2000", StringComparison.Ordinal));
        Directory.CreateSymbolicLink(_folder.Combine("..data"), "..one");
        File.CreateSymbolicLink(_folder.Combine("rules.yaml"), "..data/rules.yaml");
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Rules:Path", _folder.FullPath, "--Rules:PollPeriod", "00:00:00.100");
        string first = (await host.GetAsync("/v1/rules")).GetProperty("digest").GetString()!;

        Directory.CreateSymbolicLink(_folder.Combine("..data_tmp"), "..two");
        Directory.Delete(_folder.Combine("..data"));
        Directory.Move(_folder.Combine("..data_tmp"), _folder.Combine("..data"));

        await UntilAsync(host, rules => rules.GetProperty("digest").GetString() != first);
    }

    [Fact]
    public async Task A_host_does_not_start_on_rules_that_are_wrong()
    {
        Write("rules.yaml", Rules.Replace("outcome: block", "outcome: stop", StringComparison.Ordinal));

        ConfigurationRefusedException refused = await Assert.ThrowsAsync<ConfigurationRefusedException>(
            () => TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Rules:Path", _folder.Combine("rules.yaml")));

        Assert.Contains("rules.yaml:2: rules[0].outcome: must be one of review, block", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_digest_that_was_never_in_force_is_not_found()
    {
        await using TestDataPlane host = await StartAsync(DatabaseKind.Sqlite);
        using HttpResponseMessage answer = await host.Client.GetAsync(new Uri("/v1/rules/sets/sha256:00", UriKind.Relative), Ct);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Replicas_that_read_the_same_files_record_the_change_once()
    {
        await using TestDataPlane host = await StartAsync(DatabaseKind.PostgreSql);
        await using TestDataPlane other = await host.StartReplicaAsync("--Rules:Path", _folder.FullPath);

        await using FinObsDbContext db = host.Services.GetRequiredService<IDatabase>().CreateContext();
        Assert.Equal(1, await db.Set<RuleChangeRow>().CountAsync(Ct));
        await host.PostAsync(Batch(0, 4, accounts: 1));
        await other.PostAsync(Batch(4, 4, accounts: 1));
        Assert.Contains("RULE_OFTEN", await LastReasonsAsync(db), StringComparison.Ordinal);
    }

    /// <summary>The file has the rule set, and its hash is what the decision's leaf proves.</summary>
    private static async Task AssertEvidenceAsync(TestDataPlane host)
    {
        NoteVerifier key = NoteVerifier.Parse((await host.Client.GetStringAsync(new Uri("/v1/audit/key", UriKind.Relative), Ct)).TrimEnd('\n'));
        string? file = null;
        while (file is null)
        {
            using HttpResponseMessage answer = await host.Client.GetAsync(new Uri("/v1/transactions/r-1/evidence", UriKind.Relative), Ct);
            file = answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync(Ct) : null;
        }

        string part = file.Split('\n').Single(line => line.Contains("\"part\":\"rules\"", StringComparison.Ordinal));

        Assert.Empty(EvidenceVerifier.Verify(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(file)), key).Findings);
        byte[] content = JsonDocument.Parse(part).RootElement.GetProperty("bytes").GetBytesFromBase64();
        string changed = file.Replace(part, part.Replace(Convert.ToBase64String(content), Convert.ToBase64String([.. content.SkipLast(2), .. "2}"u8]), StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.NotEmpty(EvidenceVerifier.Verify(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(changed)), key).Findings);
    }

    private static async Task<string> LastReasonsAsync(FinObsDbContext db) =>
        System.Text.Encoding.UTF8.GetString(await db.Decisions.OrderByDescending(row => row.Id).Select(row => row.Reasons).FirstAsync(Ct));

    private async Task<string[]> ReasonsAsync(DatabaseKind kind, int batch)
    {
        await using TestDataPlane host = await StartAsync(kind, "--Pipeline:ChunkItems", "50");
        for (int i = 0; i < 400; i += batch)
        {
            await host.PostAsync(Batch(i, Math.Min(batch, 400 - i)));
        }

        await using FinObsDbContext db = host.Services.GetRequiredService<IDatabase>().CreateContext();
        var rows = await StoredTransactions.Joined(db).OrderBy(row => row.Transaction.Id).Select(row => new { row.Transaction.TransactionId, row.Decision.Reasons }).ToArrayAsync(Ct);
        return [.. rows.Select(row => $"{row.TransactionId} {System.Text.Encoding.UTF8.GetString(row.Reasons)}")];
    }

    private static string Batch(int from, int count, int accounts = 5) => JsonSerializer.Serialize(Enumerable.Range(from, count).Select(i => new
    {
        transaction_id = $"s-{i}",
        amount = 10 + (i % 7),
        type = "card",
        account = $"a-{i * 7 % accounts}",
        timestamp = new DateTimeOffset(2026, 2, 3, 4, 0, 0, TimeSpan.Zero).AddSeconds((i * 300) + (i * i * 37 % 6000)),
    }));

    private async Task<TestDataPlane> StartAsync(DatabaseKind kind, params string[] args)
    {
        Write("rules.yaml", Rules);
        return await TestDataPlane.StartAsync(kind, ["--Rules:Path", _folder.FullPath, .. args]);
    }

    private void Write(string file, string text) => File.WriteAllText(_folder.Combine(file), text);

    private static JsonElement Problem(JsonElement rules, string member) => rules.GetProperty("problems")[0].GetProperty(member);

    private static async Task<JsonElement> UntilAsync(TestDataPlane host, Func<JsonElement, bool> holds)
    {
        while (true)
        {
            JsonElement rules = await host.GetAsync("/v1/rules");
            if (holds(rules))
            {
                return rules;
            }

            Ct.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static async Task<VerificationReport> VerifiedAsync(TestDataPlane host, int payloads)
    {
        while (true)
        {
            VerificationReport report = await host.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(pinned: null, [], Ct);
            if (report.Payloads >= payloads)
            {
                return report;
            }

            Ct.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
