using System.Data.Common;
using System.Text.Json;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Cases.Api;
using FinObs.DataPlane.Cases.Opening;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Storage;

/// <summary>
/// Whatever is asked on the way of a transaction, or by a list, is answered from an index and in the index's order: it takes as long with ten million rows as with ten. The planner is
/// told that reading or sorting whole tables is dear; where its plan still does so, no index serves.
/// </summary>
public sealed class QueryPlanTests
{
    private static readonly Guid SomeId = new(1, 2, 3, new byte[8]);

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task No_query_reads_a_growing_table_from_end_to_end(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);
        await host.PostAsync(JsonSerializer.Serialize(Enumerable.Range(0, 300).Select(i => new { transaction_id = $"p-{i}", amount = 5 + i, account = $"a-{i % 20}" })));
        await using FinObsDbContext db = host.Services.GetRequiredService<IDatabase>().CreateContext();
        await db.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        if (kind == DatabaseKind.PostgreSql)
        {
            await db.Database.ExecuteSqlRawAsync("ANALYZE; SET enable_seqscan = off; SET enable_sort = off; SET enable_incremental_sort = off", TestContext.Current.CancellationToken);
        }

        foreach ((string name, IQueryable query) in Queries(db))
        {
            List<string> plan = await PlanAsync(query, kind);
            Assert.False(plan.Any(line => ReadsAll(line, kind)), $"{name}:\n{string.Join('\n', plan)}");
        }
    }

    private static IEnumerable<(string Name, IQueryable Query)> Queries(FinObsDbContext db)
    {
        TransactionFilter all = new("default", null, null, null, null, null, null, null, null, 50);
        yield return ("list", all.Apply(db));
        yield return ("next page", (all with { Before = SomeId }).Apply(db));
        yield return ("list of a time", (all with { From = DateTimeOffset.UnixEpoch, To = DateTimeOffset.UnixEpoch.AddDays(1) }).Apply(db));
        yield return ("list of an account", (all with { Account = "a-1" }).Apply(db));
        yield return ("list of blocked ones", (all with { Decision = Decision.Block }).Apply(db));
        yield return ("one", StoredTransactions.Joined(db).Where(row => row.Transaction.Id == SomeId));
        yield return ("by the sender's id", db.Idempotency.Where(row => row.Key >= SomeId && row.Key <= SomeId).OrderBy(row => row.Key).Take(10));
        yield return ("profiles", db.AccountProfiles.Where(row => row.Namespace == "default" && new[] { "a-1", "a-2" }.Contains(row.AccountId)));
        yield return ("subject keys", db.SubjectKeys.Where(k => k.Namespace == "default" && k.DestroyedAt == null && new[] { "x", "y" }.Contains(k.Subject)));
        yield return ("events", db.Events.Where(e => e.Namespace == "default" && e.LastId > 5).OrderBy(e => e.LastId).Take(100));
        yield return ("leaf", db.AuditLeaves.Where(leaf => leaf.Id == SomeId));
        yield return ("place of a leaf", db.AuditEntries.Where(entry => entry.LeafId == SomeId));
        yield return ("entries", db.AuditEntries.Where(entry => entry.LeafIndex >= 10 && entry.LeafIndex < 20).OrderBy(entry => entry.LeafIndex));
        yield return ("reviewed of a page", DecisionCases.Reviewed(db, "default", SomeId, SomeId));
        yield return ("blocked of a page", DecisionCases.Blocked(db, "default", SomeId, SomeId));
        yield return ("cases of transactions", db.CaseTransactions.Where(row => new[] { SomeId }.Contains(row.TransactionRef)));
        yield return ("open cases of keys", db.Cases.Where(row => row.Namespace == "default" && row.OpenKey != null && new[] { "account:a-1", "account:a-2" }.Contains(row.OpenKey)));
        yield return ("open cases", new CaseQuery { Status = "Open" }.Check().Filter!.Apply(db, DateTimeOffset.UnixEpoch));
        yield return ("story of a case", db.CaseActivities.Where(row => row.CaseId == SomeId).OrderBy(row => row.Id).Take(100));
        yield return ("words on a request", db.ApprovalVotes.Where(row => row.RequestId == SomeId));
        yield return ("last checkpoint", db.AuditCheckpoints.Where(c => c.Size >= 0).OrderByDescending(c => c.Size).Take(1));
    }

    private static async Task<List<string>> PlanAsync(IQueryable query, DatabaseKind kind)
    {
        await using DbCommand command = query.CreateDbCommand();
        command.CommandText = (kind == DatabaseKind.PostgreSql ? "EXPLAIN " : "EXPLAIN QUERY PLAN ") + command.CommandText;
        await using DbDataReader row = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        List<string> plan = [];
        while (await row.ReadAsync(TestContext.Current.CancellationToken))
        {
            plan.Add(row.GetString(kind == DatabaseKind.PostgreSql ? 0 : 3));
        }

        return plan;
    }

    private static bool ReadsAll(string line, DatabaseKind kind) => kind == DatabaseKind.PostgreSql
        ? line.Contains("Seq Scan", StringComparison.Ordinal) || line.TrimStart(' ', '-', '>').StartsWith("Sort  (", StringComparison.Ordinal)
        : line.Contains("TEMP B-TREE FOR ORDER", StringComparison.Ordinal) || (line.StartsWith("SCAN", StringComparison.Ordinal) && !line.Contains("USING", StringComparison.Ordinal));
}
