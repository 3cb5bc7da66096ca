using System.Globalization;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Explanation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Cases.Opening;

/// <summary>Flagged decisions, by account. What was approved is not even read: an index holds the others apart.</summary>
internal sealed class DecisionCases(IDatabase database, LedgerUnits units, IOptions<CaseOptions> options) : ICaseSource
{
    public const string Type = "suspicious_transactions";

    public string Topic => DecisionPayload.Kind;

    public async Task<IReadOnlyList<NewCase>> CasesAsync(IReadOnlyList<StreamEvent> events, CancellationToken cancellationToken)
    {
        HashSet<Guid> wanted = [.. events.Select(item => item.SubjectId).OfType<Guid>()];
        if (wanted.Count == 0)
        {
            return [];
        }

        string name = events[0].Namespace;
        (Guid first, Guid last) = Bounds(wanted);
        await using FinObsDbContext db = database.CreateHotContext();
        List<StoredTransaction> flagged =
        [
            .. await Reviewed(db, name, first, last).ToListAsync(cancellationToken),
            .. await Blocked(db, name, first, last).ToListAsync(cancellationToken),
        ];
        return
        [
            .. flagged.Where(row => wanted.Contains(row.Decision.Id))
                .GroupBy(row => row.Transaction.AccountId is { } account ? (Account: (string?)account, Key: $"account:{account}") : (null, $"no-account:{row.Transaction.Source}"))
                .Select(group => CaseOf(name, group.Key.Account, group.Key.Key, [.. group])),
        ];
    }

    /// <summary>One query for each decision: so each is a range of the index.</summary>
    public static IQueryable<StoredTransaction> Reviewed(FinObsDbContext db, string @namespace, Guid first, Guid last) => StoredTransactions.Joined(db)
        .Where(row => row.Decision.Namespace == @namespace && row.Decision.Decision == Decision.Review && row.Decision.Id >= first && row.Decision.Id <= last).OrderBy(row => row.Decision.Id);

    public static IQueryable<StoredTransaction> Blocked(FinObsDbContext db, string @namespace, Guid first, Guid last) => StoredTransactions.Joined(db)
        .Where(row => row.Decision.Namespace == @namespace && row.Decision.Decision == Decision.Block && row.Decision.Id >= first && row.Decision.Id <= last).OrderBy(row => row.Decision.Id);

    /// <summary>By bytes, as both databases sort ids.</summary>
    private static (Guid First, Guid Last) Bounds(HashSet<Guid> ids)
    {
        Guid[] sorted = [.. ids.OrderBy(id => id.ToString("N"), StringComparer.Ordinal)];
        return (sorted[0], sorted[^1]);
    }

    private NewCase CaseOf(string @namespace, string? account, string key, List<StoredTransaction> flagged)
    {
        double?[] amounts = [.. flagged.Select(row => units.FactsOf(row.Transaction).AmountInBase)];
        bool blocked = flagged.Exists(row => row.Decision.Decision == Decision.Block);
        ReasonCode[] reasons = [.. flagged.SelectMany(row => ReasonsJson.Read(row.Decision.Reasons))];
        return new NewCase
        {
            Namespace = @namespace,
            Type = Type,
            Key = key,
            Title = account is null ? $"Flagged transactions without an account, from {flagged[0].Transaction.Source}" : "Flagged transactions of an account",
            Description = reasons.FirstOrDefault()?.Text,
            Severity = SeverityOf(blocked, amounts.Max()),
            Source = CaseSources.Decisions,
            Account = account,
            DetectionMethod = reasons.Any(reason => reason.Code == DecisionPolicy.ModelUnavailable) ? "no_model" : "model",
            Transactions = [.. flagged.Select(row => new CaseTransactionRow
            {
                TransactionRef = row.Transaction.Id,
                CaseId = Guid.Empty,
                Decision = row.Decision.Decision,
                Score = row.Decision.Score,
                AddedAt = row.Decision.DecidedAt,
                LeafId = row.Decision.LeafId,
            })],
            Reasons = [.. reasons.Select(reason => reason.Code).Distinct(StringComparer.Ordinal)],
            LargestAmount = amounts.Max(),
            HighestScore = flagged.Max(row => row.Decision.Score),
            Comment = string.Create(CultureInfo.InvariantCulture, $"{flagged.Count} flagged, {flagged.Count(row => row.Decision.Decision == Decision.Block)} of them blocked"),
            Traceparent = flagged[0].Decision.TraceId is { } trace ? $"00-{trace}-0000000000000001-01" : null,
        };
    }

    /// <summary>A review is medium, a block is high; either is one step graver from a large amount on.</summary>
    private CaseSeverity SeverityOf(bool blocked, double? largest)
    {
        CaseSeverity severity = blocked ? CaseSeverity.High : CaseSeverity.Medium;
        return largest >= options.Value.GraveFrom ? severity + 1 : severity;
    }
}
