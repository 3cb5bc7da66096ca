using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Dashboard.Live;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Decisions.Overrides;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Ledger.Labels;
using FinObs.DataPlane.Pii;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Transactions;
using FinObs.Scoring.Features;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>Reads one decision with all that is known of it.</summary>
internal sealed class DecisionReader(
    IDatabase database, StoredTransactions stored, TransactionDetails details, SimilarDecisions similar, AuditSearch audit, LedgerUnits units, RecentSpans spans, PiiGuard guard)
{
    private const int MostAmounts = 60;

    public async Task<DecisionModel?> ReadAsync(Guid id, Viewer who, CancellationToken cancellationToken)
    {
        if ((await stored.FindAsync([id], cancellationToken)) is not [var found])
        {
            return null;
        }

        await using FinObsDbContext db = database.CreateContext();
        (string name, bool inClear) = (found.Decision.Namespace, who.May(Permissions.PersonalDataRead));
        TransactionDetail detail = await details.OfAsync(found, cancellationToken);
        TransactionLabelRow? label = await db.TransactionLabels.FirstOrDefaultAsync(row => row.TransactionRef == id, cancellationToken);
        IQueryable<DecisionRow> flagged = db.Decisions.Where(row => row.Namespace == name && row.Decision != Decision.Approve);
        return new DecisionModel
        {
            Detail = inClear ? detail : Hidden(detail),
            Past = who.May(Permissions.ExplainRead) ? await PastAsync(db, found, inClear, cancellationToken) : null,
            Similar = await similar.OfAsync(found, cancellationToken),
            Story = who.May(Permissions.AuditRead) ? (await audit.StoryAsync(found.Decision.LeafId, id, inClear, cancellationToken)).Items : null,
            Spans = found.Decision.TraceId is { } trace ? spans.Of(trace) : null,
            Older = await flagged.Where(row => row.Id < id).OrderByDescending(row => row.Id).Select(row => (Guid?)row.Id).FirstOrDefaultAsync(cancellationToken),
            Newer = await flagged.Where(row => row.Id > id).OrderBy(row => row.Id).Select(row => (Guid?)row.Id).FirstOrDefaultAsync(cancellationToken),
            Label = label is null || label.Label == TransactionLabel.Withdrawn ? null : label.Label.ToString(),
            Case = who.May(Permissions.CaseRead) ? await CaseAsync(db, id, cancellationToken) : null,
            OpenRequest = await db.ApprovalRequests.Where(row => row.About == id && row.Status == ApprovalStatus.Pending && row.Action == DecisionOverrides.Action).Select(row => (Guid?)row.Id)
                .FirstOrDefaultAsync(cancellationToken),
        };
    }

    /// <summary>For those who may not read personal data: whose it is becomes a token, and words are cleaned as on every way out.</summary>
    private TransactionDetail Hidden(TransactionDetail detail) => detail with
    {
        TransactionId = guard.Clean(detail.TransactionId),
        Decision = detail.Decision with { Reasons = [.. detail.Decision.Reasons.Select(reason => reason with { Text = guard.Clean(reason.Text) })] },
        Overrides = [.. detail.Overrides.Select(one => one with { Note = guard.Clean(one.Note) })],
        Account = detail.Account is null ? null : guard.CleanField("account", detail.Account),
        Counterparty = detail.Counterparty is null ? null : guard.CleanField("account", detail.Counterparty),
        Meta = null,
    };

    private static async Task<DecisionCase?> CaseAsync(FinObsDbContext db, Guid id, CancellationToken cancellationToken)
    {
        CaseRow? row = await (from link in db.CaseTransactions join one in db.Cases on link.CaseId equals one.Id where link.TransactionRef == id orderby one.Id descending select one).FirstOrDefaultAsync(cancellationToken);
        return row is null ? null : new DecisionCase(row.Id, row.Name, row.Status.ToString(), row.DueAt);
    }

    /// <summary>The stored baseline, and the amounts themselves for those who may see whose they are.</summary>
    private async Task<AccountPast?> PastAsync(FinObsDbContext db, StoredTransaction found, bool inClear, CancellationToken cancellationToken)
    {
        TransactionRow row = found.Transaction;
        if (row.AccountId is not { } account || found.Decision.Baseline is not { } bytes)
        {
            return null;
        }

        AccountBaseline baseline = AccountBaseline.FromBytes(bytes);
        var before = !inClear ? [] : await db.Transactions.Where(one => one.AccountHash == row.AccountHash && one.Id < row.Id && one.AccountId == account && one.Namespace == row.Namespace)
            .OrderByDescending(one => one.Id).Select(one => new { one.Amount, one.Currency, one.OccurredAt }).Take(MostAmounts).ToListAsync(cancellationToken);
        return new AccountPast(
            baseline.Transactions, baseline.HistoryDays, float.IsFinite(baseline.MeanAmount30Days) ? baseline.MeanAmount30Days : null, units.Settings.BaseCurrency,
            units.InBase(row.Amount, row.Currency, row.OccurredAt), [.. before.Select(one => units.InBase(one.Amount, one.Currency, one.OccurredAt)).OfType<double>()],
            baseline.Counterparty switch { CounterpartyKnowledge.New => false, CounterpartyKnowledge.Known => true, _ => null }, baseline.UsualHours);
    }
}
