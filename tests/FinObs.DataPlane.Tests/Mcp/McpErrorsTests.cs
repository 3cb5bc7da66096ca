using System.Text.Json;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol;
using ModelContextProtocol.Client;

namespace FinObs.DataPlane.Tests.Mcp;

/// <summary>An error lets a model correct itself: it names the field, the bound, what to send, and nothing of the inside or of what was sent.</summary>
public sealed class McpErrorsTests
{
    private const string Secret = "DE89370400440532013000";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_bound_of_the_schema_is_enforced_and_named()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Models:BuiltIn", "false");
        await using McpClients clients = new(host);
        McpClient client = await clients.ConnectAsync();
        (string Tool, object Arguments, string Says)[] wrong =
        [
            ("check_transaction_compliance", new { }, "amount is missing: Amount in the transaction's currency, above 0."),
            ("check_transaction_compliance", new { amount = 0 }, "amount must be a number above 0 and at most 1000000000."),
            ("check_transaction_compliance", new { amount = 1_000_000_001L }, "amount must be a number above 0 and at most 1000000000."),
            ("check_transaction_compliance", new { amount = "5" }, "amount must be a number above 0"),
            ("check_transaction_compliance", new { amount = 5, ammount = 5 }, "ammount is no argument of this tool: it takes amount, transaction_type"),
            ("check_transaction_compliance", new { amount = 5, account = new string('x', 201) }, "account may have at most 200 characters."),
            ("check_transaction_compliance", new { amount = 5, currency = "euro" }, "currency may have at most 3 characters."),
            ("check_transaction_compliance", new { amount = 5, currency = "XQX" }, "ISO 4217"),
            ("check_transaction_compliance", new { amount = 5, direction = "in" }, "direction must be one of debit, credit."),
            ("check_transaction_compliance", new { amount = 5, timestamp = $"yesterday {Secret}"[..20] }, "ISO 8601"),
            ("check_transaction_compliance", new { amount = 5, meta = "text" }, "meta must be an object."),
            ("batch_check_compliance", new { transactions = Array.Empty<object>() }, "transactions is empty: send at least one."),
            ("batch_check_compliance", new { transactions = Enumerable.Repeat(new { amount = 1 }, 10_001) }, "transactions has 10,001 items, and 10,000 are the most"),
            ("list_incidents", new { limit = 51 }, "limit must be a whole number from 1 to 50."),
            ("list_incidents", new { limit = 2.5 }, "limit must be a whole number from 1 to 50."),
            ("list_incidents", new { severity = Secret }, "severity must be one of low, medium, high, critical."),
            ("list_incidents", new { cursor = Secret }, "cursor must match"),
            ("search_audit", new { from = "soon" }, "from must be an ISO 8601 instant"),
            ("search_audit", new { from = "2026-02-01T00:00:00Z", to = "2026-01-01T00:00:00Z" }, "from must be before to."),
            ("search_audit", new { about = "x" }, "about must be an id such as"),
            ("get_transaction", new { id = Secret }, "No transaction has this id"),
            ("verify_evidence", new { }, "Give either id or evidence."),
            ("verify_evidence", new { evidence = "no such thing" }, ""),
        ];
        foreach ((string tool, object arguments, string says) in wrong[..^1])
        {
            string why = await client.RefusalAsync(tool, arguments);
            Assert.Contains(says, why, StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, why, StringComparison.Ordinal);
        }

        Assert.Equal("not_true", (await client.AnswerAsync(wrong[^1].Tool, wrong[^1].Arguments)).GetProperty("verdict").GetString());
        McpProtocolException unknown = await Assert.ThrowsAsync<McpProtocolException>(async () => await client.CallToolAsync("drop_tables", cancellationToken: Stop));
        Assert.Contains("tools/list", unknown.Message, StringComparison.Ordinal);
        JsonElement stats = await host.GetAsync("/mcp/stats");
        Assert.Equal(wrong.Length, stats.GetProperty("total_calls").GetInt32());
        Assert.Equal(wrong.Length - 1, stats.GetProperty("errors").GetInt32());
        Assert.Equal(10, stats.GetProperty("recent").GetArrayLength());
    }

    [Fact]
    public async Task An_answer_beyond_the_limit_is_refused_with_how_to_make_it_smaller_unless_it_was_asked_for()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Mcp:MaxAnswerCharacters", "2000");
        await using McpClients clients = new(host);
        McpClient client = await clients.ConnectAsync();
        object[] transactions = [.. Enumerable.Range(0, 60).Select(i => new { amount = 5 + i, transaction_id = $"t-{i}" })];

        Assert.Contains("smaller limit", await client.RefusalAsync("batch_check_compliance", new { transactions }), StringComparison.Ordinal);
        Assert.Equal(5, (await client.AnswerAsync("batch_check_compliance", new { transactions, max_results = 5 })).GetProperty("results").GetArrayLength());
        Assert.Equal(60, (await client.AnswerAsync("batch_check_compliance", new { transactions, max_results = 60 })).GetProperty("results").GetArrayLength());
    }

    [Fact]
    public async Task Where_something_breaks_inside_nothing_of_it_is_told_and_where_the_leaf_cannot_be_written_nothing_is_shown()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Models:BuiltIn", "false");
        await using McpClients clients = new(host);
        McpClient client = await clients.ConnectAsync();
        await using FinObsDbContext db = host.Services.GetRequiredService<IDatabase>().CreateContext();

        await db.Database.ExecuteSqlRawAsync("ALTER TABLE approval_requests RENAME TO gone", Stop);
        string broken = await client.RefusalAsync("list_approvals");
        await db.Database.ExecuteSqlRawAsync("CREATE TRIGGER no_leaves BEFORE INSERT ON audit_leaves BEGIN SELECT RAISE(ABORT, 'the disk is full'); END", Stop);
        string unrecorded = await client.RefusalAsync("list_incidents");

        Assert.DoesNotContain("approval_requests", broken, StringComparison.Ordinal);
        Assert.DoesNotContain("SQLite", broken, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("nothing is shown", unrecorded, StringComparison.Ordinal);
    }
}
