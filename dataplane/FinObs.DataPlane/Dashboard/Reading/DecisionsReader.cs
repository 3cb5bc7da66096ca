using System.Security.Cryptography;
using System.Text;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Decisions.Overrides;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Pii;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Transactions;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>A page of decisions.</summary>
/// <param name="Items">The newest first.</param>
/// <param name="Next">Cursor of the page after; null = there is none.</param>
/// <param name="Problem">Why the filter of the address means nothing; null = it does.</param>
internal sealed record DecisionsModel(IReadOnlyList<DecisionLine> Items, string? Next, string? Problem);

/// <summary>A decision in a list.</summary>
/// <param name="Id">The transaction's.</param>
/// <param name="At">When it was received.</param>
/// <param name="Decided">The decision of record.</param>
/// <param name="Holds">What holds now.</param>
/// <param name="Score">Null where no model scored.</param>
/// <param name="Amount">Absolute.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Type">Of the transaction.</param>
/// <param name="Account">Whose; a token for those who may not read personal data.</param>
/// <param name="Why">The first reason; null for an approval.</param>
/// <param name="Source">Where it came from.</param>
internal sealed record DecisionLine(Guid Id, DateTimeOffset At, Decision Decided, Decision Holds, double? Score, decimal Amount, string Currency, string Type, string? Account, string? Why, string Source);

/// <summary>Reads pages of decisions, and finds one by whatever id it has.</summary>
internal sealed class DecisionsReader(IDatabase database, PiiGuard guard)
{
    public const int PageSize = 50;

    private const int MostFound = 10;

    public async Task<DecisionsModel?> ReadAsync(TransactionQuery query, bool flaggedOnly, Viewer who, CancellationToken cancellationToken)
    {
        bool inClear = who.May(Permissions.PersonalDataRead);
        (TransactionFilter? filter, string? problem) = query.Check();
        if (filter is null || (filter.Account is not null && !inClear))
        {
            return new DecisionsModel([], null, problem ?? "To look for an account your role needs to read personal data.");
        }

        await using FinObsDbContext db = database.CreateContext();
        List<StoredTransaction> rows = await (filter with { FlaggedOnly = flaggedOnly && filter.Decision is null, Limit = PageSize + 1 }).Apply(db).ToListAsync(cancellationToken);
        List<StoredTransaction> page = rows.Count > PageSize ? rows[..PageSize] : rows;
        Guid[] ids = [.. page.Select(row => row.Transaction.Id)];
        Dictionary<Guid, Decision> overridden = (await db.DecisionOverrides.Where(row => EF.Parameter(ids).Contains(row.DecisionId)).OrderBy(row => row.Sequence)
            .Select(row => new { row.DecisionId, row.To }).ToListAsync(cancellationToken)).GroupBy(row => row.DecisionId).ToDictionary(group => group.Key, group => group.Last().To);
        return new DecisionsModel(
            [.. page.Select(row => LineOf(row, overridden.TryGetValue(row.Transaction.Id, out Decision holds) ? holds : row.Decision.Decision, inClear))],
            rows.Count > PageSize ? page[^1].Transaction.Id.ToString("N") : null, null);
    }

    /// <summary>Decisions that have this id: ours, or the sender's from any source.</summary>
    public async Task<Guid[]> FindAsync(string @namespace, string id, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        (Guid from, Guid to) = IdempotencyKey.AnySource(@namespace, SHA256.HashData(Encoding.UTF8.GetBytes(id)));
        Guid[] theirs = await db.Idempotency.Where(row => row.Key >= from && row.Key <= to).OrderBy(row => row.Key).Select(row => row.TransactionRef).Take(MostFound).ToArrayAsync(cancellationToken);
        return theirs.Length > 0 || !Guid.TryParse(id, out Guid ours)
            ? theirs
            : await db.Decisions.Where(row => row.Id == ours).Select(row => row.Id).Take(1).ToArrayAsync(cancellationToken);
    }

    /// <summary>What those see who may not read personal data: the same for the same value.</summary>
    public string? Shown(string? account, bool inClear) => account is null || inClear ? account : guard.CleanField("account", account);

    private DecisionLine LineOf(StoredTransaction row, Decision holds, bool inClear)
    {
        IReadOnlyList<DecisionReason> reasons = ReasonsJson.Read(row.Decision.Reasons);
        TransactionRow transaction = row.Transaction;
        return new DecisionLine(
            transaction.Id, transaction.ReceivedAt, row.Decision.Decision, holds, row.Decision.Score, transaction.Amount, transaction.Currency, transaction.Type, Shown(transaction.AccountId, inClear),
            reasons.Count == 0 ? null : inClear ? reasons[0].Text : guard.Clean(reasons[0].Text), transaction.Source);
    }
}
