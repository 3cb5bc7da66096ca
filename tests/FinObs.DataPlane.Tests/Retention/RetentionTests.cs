using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Verification;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Retention;
using FinObs.DataPlane.Retention.Holds;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Audit.Anchors;
using FinObs.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace FinObs.DataPlane.Tests.Retention;

/// <summary>Retention and legal holds refuse an erasure; after it proofs hold, and nothing says any more whose it was.</summary>
public class RetentionTests
{
    private const string Account = "DE89370400440532013000";
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;
    private static readonly string[] NoRetention = ["--Retention:Years", "0", "--Retention:AllowShorter", "true", $"--Approvals:Policies:{HoldRelease.ActionName}:Enabled", "false"];

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task An_account_is_erased_once_neither_retention_nor_a_hold_keeps_it_and_proofs_still_hold(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, NoRetention);
        await SendAsync(host, "r-1", Account);
        await SendAsync(host, "r-2", "other");

        JsonElement hold = await PostAsync(host, "/v1/retention/holds", new { name = "Matter 7", account = Account, reason = "litigation" }, HttpStatusCode.Created);
        JsonElement refused = await PostAsync(host, "/v1/retention/subjects/erase", new { account = Account, reason = "asked" }, HttpStatusCode.Conflict);
        Assert.Contains("Matter 7", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("hold", refused.GetProperty("code").GetString());

        string release = $"/v1/retention/holds/{hold.GetProperty("id").GetGuid()}/release";
        await PostAsync(host, release, new { reason = "settled" }, HttpStatusCode.OK);
        await PostAsync(host, release, new { reason = "settled" }, HttpStatusCode.Conflict);
        JsonElement erased = await PostAsync(host, "/v1/retention/subjects/erase", new { account = Account, reason = "asked" }, HttpStatusCode.OK);
        Assert.Equal(2, erased.GetProperty("rows").GetInt32()); // the transaction and the profile
        await PostAsync(host, "/v1/retention/subjects/erase", new { account = Account, reason = "asked" }, HttpStatusCode.NotFound);

        Assert.DoesNotContain(Account, await DumpAsync(host), StringComparison.Ordinal);
        Assert.Contains("\"other\"", await DumpAsync(host), StringComparison.Ordinal);
        await RestoredDatabaseTests.ProvenAsync(host, "r-3");
        VerificationReport report = await VerifyAsync(host);
        Assert.True(report is { ExitCode: 0, Lies: 0, Shredded: 1 }, string.Join('\n', report.Findings));

        // A new record of the same account is a new subject's.
        await SendAsync(host, "r-4", Account);
        await RestoredDatabaseTests.ProvenAsync(host, "r-5");
        Assert.Equal(0, (await VerifyAsync(host)).ExitCode);
    }

    [Fact]
    public async Task Under_retention_the_answer_says_until_when()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        await SendAsync(host, "r-1", Account);
        JsonElement refused = await PostAsync(host, "/v1/retention/subjects/erase", new { account = Account, reason = "asked" }, HttpStatusCode.Conflict);
        Assert.Equal("retention", refused.GetProperty("code").GetString());
        Assert.Contains($"until {TimeProvider.System.GetUtcNow().AddYears(6):yyyy-MM}", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await PostAsync(host, "/v1/retention/subjects/erase", new { account = "nobody", reason = "asked" }, HttpStatusCode.NotFound);
        await PostAsync(host, "/v1/retention/subjects/erase", new { account = "", reason = "asked" }, HttpStatusCode.BadRequest);
        await PostAsync(host, "/v1/retention/holds", new { name = "x", reason = "y" }, HttpStatusCode.BadRequest);
        await PostAsync(host, "/v1/retention/holds", new { name = "x", reason = "y", account = "a", everything = true }, HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task A_record_may_be_emptied_but_not_changed_and_an_emptying_without_its_tombstone_is_a_lie(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, NoRetention);
        await RestoredDatabaseTests.ProvenAsync(host, "r-1");
        foreach (string change in (string[])
            ["SET amount = 1", "SET account_id = 'b'", "SET account_id = 'erased:x', counterparty_id = NULL, meta = NULL, amount = 1", "SET account_id = 'erased:x', counterparty_id = 'c', meta = NULL"])
        {
            await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => ExecuteAsync(host, $"UPDATE transactions {change}"));
        }

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => ExecuteAsync(host, "DELETE FROM transactions"));
        await ExecuteAsync(host, "UPDATE transactions SET account_id = 'erased:x', counterparty_id = NULL, meta = NULL");
        Assert.Contains((await VerifyAsync(host)).Findings, finding => finding.Kind == FindingKind.Lie && finding.What.Contains("Live row", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task An_open_case_keeps_its_account_and_a_resolved_one_loses_it(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, NoRetention);
        await SendAsync(host, "r-1", Account);
        JsonElement opened = await PostAsync(host, "/v1/cases", new { type = "x", title = "x", severity = "high", account = Account }, HttpStatusCode.Created);
        Guid id = opened.GetProperty("id").GetGuid();
        JsonElement refused = await PostAsync(host, "/v1/retention/subjects/erase", new { account = Account, reason = "asked" }, HttpStatusCode.Conflict);
        Assert.Contains("CASE-000001", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);

        await PostAsync(host, "/v1/cases/bulk", new { ids = (Guid[])[id], action = "resolve", with = new { outcome = "legitimate", notes = $"talked to {Account}" } }, HttpStatusCode.OK);
        await PostAsync(host, "/v1/retention/subjects/erase", new { account = Account, reason = "asked" }, HttpStatusCode.OK);
        Assert.DoesNotContain(Account, (await host.GetAsync($"/v1/cases/{id}")).ToString(), StringComparison.Ordinal);
        await RestoredDatabaseTests.ProvenAsync(host, "r-2");
        Assert.Equal(0, (await VerifyAsync(host)).Lies);
    }

    [Fact]
    public async Task The_runtime_role_can_erase_and_nothing_else()
    {
        await using TestDatabase database = await PostgreSqlServer.CreateDatabaseAsync();
        string role = $"runtime_{Guid.CreateVersion7():N}";
        await OwnerAsync(database, $"CREATE ROLE {role} LOGIN PASSWORD 'pw'");
        string runtime = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role, Password = "pw" }.ToString();
        try
        {
            await using TestDataPlane host = await TestDataPlane.StartOnAsync(runtime, ["--ConnectionStrings:FinObsOwner", database.ConnectionString, .. NoRetention]);
            await SendAsync(host, "r-1", Account);
            JsonElement hold = await PostAsync(host, "/v1/retention/holds", new { name = "Matter 7", account = Account, reason = "litigation" }, HttpStatusCode.Created);
            await PostAsync(host, $"/v1/retention/holds/{hold.GetProperty("id").GetGuid()}/release", new { reason = "settled" }, HttpStatusCode.OK);
            await PostAsync(host, "/v1/retention/subjects/erase", new { account = Account, reason = "asked" }, HttpStatusCode.OK);
            foreach (string forbidden in (string[])["UPDATE transactions SET amount = 1", "UPDATE legal_holds SET reason = 'x'", "DELETE FROM legal_holds", "DELETE FROM transactions"])
            {
                PostgresException refusal = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(host, forbidden));
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
            }
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            await OwnerAsync(database, $"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task Accounts_over_their_time_are_reported_and_erased_only_where_that_is_enforced_and_no_hold_stands(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, NoRetention);
        await SendAsync(host, "r-1", Account);
        await SendAsync(host, "r-2", "held");
        await PostAsync(host, "/v1/retention/holds", new { name = "Case hold", account = "held", @case = "C-1", reason = "litigation" }, HttpStatusCode.Created);
        RetentionWorker worker = host.Services.GetRequiredService<RetentionWorker>();
        Assert.Equal((2, 0), await worker.RunAsync(Stop));

        host.Services.GetRequiredService<IOptions<RetentionOptions>>().Value.Enforce = true;
        Assert.Equal((2, 1), await worker.RunAsync(Stop));
        string dump = await DumpAsync(host);
        Assert.DoesNotContain(Account, dump, StringComparison.Ordinal);
        Assert.Contains("held", dump, StringComparison.Ordinal);

        await PostAsync(host, "/v1/retention/holds", new { name = "All", everything = true, reason = "examination" }, HttpStatusCode.Created);
        await SendAsync(host, "r-3", "third");
        Assert.Equal((2, 0), await worker.RunAsync(Stop));
    }

    [Fact]
    public async Task Where_a_release_must_be_approved_people_are_asked_and_it_happens_in_their_commit()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        JsonElement placed = await PostAsync(host, "/v1/retention/holds", new { name = "Matter 7", account = Account, reason = "litigation" }, HttpStatusCode.Created);
        Guid id = placed.GetProperty("id").GetGuid();
        FakeGate gate = new();
        await using ServiceProvider services = new ServiceCollection().AddSingleton<IApprovalGate>(gate).BuildServiceProvider();
        IServiceProvider own = host.Services;
        HoldRelease release = new(
            own.GetRequiredService<IDatabase>(), own.GetRequiredService<LegalHolds>(), own.GetRequiredService<AuditComposer>(), own.GetRequiredService<AuditedCommit>(), own.GetRequiredService<OutboxSignal>(), services);
        ReleaseOutcome.Asked asked = Assert.IsType<ReleaseOutcome.Asked>(await release.ReleaseAsync("default", id, "user:ana", "settled", Stop));
        Assert.Equal(gate.Id, asked.RequestId);

        ApprovedRequest request = new(gate.Id, "default", HoldRelease.ActionName, id.ToString(), gate.Ask!.Payload, "user:ana", ["user:ben"]);
        ApprovedOutcome.Ready ready = Assert.IsType<ApprovedOutcome.Ready>(await release.PrepareAsync(request, Stop));
        await using (IWriteSession session = await own.GetRequiredService<IDatabase>().BeginWriteAsync(Stop))
        {
            Assert.True(await ready.WriteAsync(session, Stop));
            await session.CommitAsync(Stop);
        }

        Assert.IsType<ApprovedOutcome.Impossible>(await release.PrepareAsync(request, Stop));
        Assert.Empty((await host.GetAsync("/v1/retention/holds")).GetProperty("items").EnumerateArray());
        Assert.Single((await host.GetAsync("/v1/retention/holds?released=true")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Fewer_than_six_years_must_be_allowed_in_words()
    {
        OptionsValidationException refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Retention:Years", "5"));
        Assert.Contains("AllowShorter", refusal.Message, StringComparison.Ordinal);
    }

    private static Task<JsonElement> SendAsync(TestDataPlane host, string id, string account) =>
        host.PostAsync($$"""{"transaction_id":"{{id}}","amount":5,"account":"{{account}}","counterparty":"shop","meta":{"note":"of {{account}}"} }""");

    private static async Task<JsonElement> PostAsync(TestDataPlane host, string path, object body, HttpStatusCode expected)
    {
        using HttpResponseMessage answer = await host.Client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.StatusCode == expected, $"{(int)answer.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>What the clear columns of the ledger say.</summary>
    private static async Task<string> DumpAsync(TestDataPlane host)
    {
        await using FinObsDbContext db = host.Services.GetRequiredService<IDatabase>().CreateContext();
        List<FinObs.DataPlane.Ledger.TransactionRow> rows = await db.Set<FinObs.DataPlane.Ledger.TransactionRow>().ToListAsync(Stop);
        List<string> accounts = await db.Set<FinObs.DataPlane.Ledger.AccountProfileRow>().Select(row => row.AccountId).ToListAsync(Stop);
        return JsonSerializer.Serialize(new { rows = rows.Select(row => new { row.AccountId, row.CounterpartyId, Meta = row.Meta is null ? null : System.Text.Encoding.UTF8.GetString(row.Meta) }), accounts });
    }

    private static Task<VerificationReport> VerifyAsync(TestDataPlane host) =>
        host.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(host.Services.GetRequiredService<AuditKeyring>().Signer.Verifier, [], Stop);

    private static async Task ExecuteAsync(TestDataPlane host, string sql)
    {
        await using IWriteSession session = await host.Services.GetRequiredService<IDatabase>().BeginWriteAsync(Stop);
        await using System.Data.Common.DbCommand command = session.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Stop);
        await session.CommitAsync(Stop);
    }

    private static async Task OwnerAsync(TestDatabase database, string sql)
    {
        await using NpgsqlConnection connection = new(database.ConnectionString);
        await connection.OpenAsync(Stop);
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync(Stop);
    }

    private sealed class FakeGate : IApprovalGate
    {
        public Guid Id { get; } = Guid.CreateVersion7();

        public ApprovalAsk? Ask { get; private set; }

        public Task<Guid> RequestAsync(ApprovalAsk ask, CancellationToken cancellationToken)
        {
            Ask = ask;
            return Task.FromResult(Id);
        }

        public bool IsRequired(string action) => action == HoldRelease.ActionName;
    }
}
