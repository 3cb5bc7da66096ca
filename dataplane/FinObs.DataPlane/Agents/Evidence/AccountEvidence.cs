using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Ledger.Labels;
using FinObs.DataPlane.Pii.Vault;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Agents.Evidence;

/// <summary>The history of an account in numbers. The account itself is a token that only this host can turn back.</summary>
internal sealed class AccountEvidence(IDatabase database, ReversibleTokens tokens)
{
    /// <summary>So many of its latest transactions are looked at.</summary>
    private const int Latest = 500;

    /// <param name="of">A transaction of the account; it does not count itself.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Null where there is no account, or where it was erased.</returns>
    public async Task<EvidenceDocument?> ReadAsync(TransactionRow of, CancellationToken cancellationToken)
    {
        if (of.AccountId is not { } account || account.StartsWith(ErasedSubject.Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        await using FinObsDbContext db = database.CreateHotContext();
        IQueryable<TransactionRow> latest = db.Transactions.Where(row => row.AccountHash == of.AccountHash && row.AccountId == account && row.Namespace == of.Namespace && row.Id != of.Id)
            .OrderByDescending(row => row.Id).Take(Latest);
        var found = await (
            from row in latest
            join decision in db.Decisions on row.Id equals decision.Id
            join word in db.TransactionLabels on row.Id equals word.TransactionRef into words
            from word in words.DefaultIfEmpty()
            select new { decision.Decision, row.Label, Word = word == null ? (TransactionLabel?)null : word.Label }).ToListAsync(cancellationToken);

        // What people say of it stands before what the sender's history says.
        return EvidenceDocument.Of($"{AccountFacts.Kind}:{(await tokens.KeepAsync(of.Namespace, account, [account], cancellationToken))[account]}", "Account", new AccountFacts
        {
            Transactions = found.Count,
            Reviewed = found.Count(row => row.Decision == Decision.Review),
            Blocked = found.Count(row => row.Decision == Decision.Block),
            Fraud = found.Count(row => row.Word is { } word ? word == TransactionLabel.Fraud : row.Label == true),
            Legitimate = found.Count(row => row.Word is { } word ? word == TransactionLabel.Legitimate : row.Label == false),
        });
    }
}
