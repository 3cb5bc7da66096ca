using System.Globalization;
using System.Net;
using System.Text.Json;
using FinObs.DataPlane.Audit.Verification;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Transactions;

/// <summary>A chunk is prepared from one whose commit is under way; it comes to what it would have come to after that commit.</summary>
public class ChunksAheadTests
{
    private const int Count = 40;

    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task Chunks_in_a_row_score_as_one_after_the_other(DatabaseKind kind)
    {
        await using TestDataPlane ahead = await TestDataPlane.StartAsync(kind, "--Pipeline:ChunkItems", "2");
        await ahead.PostAsync(Batch(Enumerable.Range(0, Count)));

        await AssertAsOneByOneAsync(ahead, Enumerable.Range(0, Count));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task A_commit_that_fails_leaves_nothing_to_the_chunk_after_it(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, "--Pipeline:ChunkItems", "2");
        await RefuseAsync(host, kind, "c-21");

        using (HttpResponseMessage refused = await host.SendAsync(Batch(Enumerable.Range(0, Count))))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        }

        await ExecuteAsync(host, kind == DatabaseKind.Sqlite ? "DROP TRIGGER refuse" : "DROP TRIGGER refuse ON transactions");
        await host.PostAsync(Batch(Enumerable.Range(0, Count)));

        await AssertAsOneByOneAsync(host, await StoredOrderAsync(host));
    }

    /// <summary>Each item stored once, scored as by a host that takes them one at a time in this order, and proven by keys that were stored.</summary>
    private static async Task AssertAsOneByOneAsync(TestDataPlane host, IEnumerable<int> order)
    {
        await using TestDataPlane plain = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        int[] stored = [.. order];
        foreach (int i in stored)
        {
            await plain.PostAsync(Batch([i]));
        }

        Assert.Equal(Count, stored.Distinct().Count());
        Assert.Equal(await ScoresAsync(plain), await ScoresAsync(host));
        Assert.Equal(await ProfilesAsync(plain), await ProfilesAsync(host));
        await AssertProvenAsync(host);
    }

    /// <summary>A payload whose key was never stored would count as shredded.</summary>
    private static async Task AssertProvenAsync(TestDataPlane host)
    {
        VerificationReport report;
        do
        {
            await Task.Yield();
            report = await host.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(pinned: null, [], Ct);
        }
        while (report.Payloads < Count && !Ct.IsCancellationRequested);

        Assert.True(report.Lies + report.Shredded == 0, string.Join('\n', report.Findings));
    }

    /// <summary>Few accounts, each in several chunks in a row, first seen in the middle too.</summary>
    private static string Batch(IEnumerable<int> items) => JsonSerializer.Serialize(items.Select(i => new
    {
        transaction_id = $"c-{i}",
        amount = 10 + (i * 37 % 900),
        type = "card",
        account = $"a-{i / 12}",
        timestamp = new DateTimeOffset(2026, 2, 3, 4, i, 6, TimeSpan.Zero),
    }));

    private static async Task RefuseAsync(TestDataPlane host, DatabaseKind kind, string transactionId)
    {
        if (kind == DatabaseKind.Sqlite)
        {
            await ExecuteAsync(host, $"CREATE TRIGGER refuse BEFORE INSERT ON transactions WHEN NEW.transaction_id = '{transactionId}' BEGIN SELECT RAISE(FAIL, 'refused'); END");
            return;
        }

        await ExecuteAsync(host, "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$");
        await ExecuteAsync(host, $"CREATE TRIGGER refuse BEFORE INSERT ON transactions FOR EACH ROW WHEN (NEW.transaction_id = '{transactionId}') EXECUTE FUNCTION refuse()");
    }

    private static async Task ExecuteAsync(TestDataPlane host, string sql)
    {
        await using FinObsDbContext db = Database(host);
        await db.Database.ExecuteSqlRawAsync(sql, Ct);
    }

    private static async Task<int[]> StoredOrderAsync(TestDataPlane host)
    {
        await using FinObsDbContext db = Database(host);
        string[] ids = await db.Transactions.OrderBy(row => row.ReceivedAt).ThenBy(row => row.Id).Select(row => row.TransactionId).ToArrayAsync(Ct);
        return [.. ids.Select(id => int.Parse(id[2..], CultureInfo.InvariantCulture))];
    }

    private static async Task<string[]> ScoresAsync(TestDataPlane host)
    {
        await using FinObsDbContext db = Database(host);
        var rows = await db.Transactions.Join(db.Decisions, t => t.Id, d => d.TransactionRef, (t, d) => new { t.TransactionId, d.Score, d.Decision }).ToArrayAsync(Ct);
        return [.. rows.OrderBy(row => row.TransactionId, StringComparer.Ordinal).Select(row => $"{row.TransactionId} {row.Score} {row.Decision}")];
    }

    private static async Task<string[]> ProfilesAsync(TestDataPlane host)
    {
        await using FinObsDbContext db = Database(host);
        var rows = await db.AccountProfiles.OrderBy(row => row.AccountId).Select(row => new { row.AccountId, row.State }).ToArrayAsync(Ct);
        return [.. rows.Select(row => $"{row.AccountId} {Convert.ToHexString(row.State)}")];
    }

    private static FinObsDbContext Database(TestDataPlane host) => host.Services.GetRequiredService<IDatabase>().CreateContext();
}
