using FinObs.DataPlane.Access;
using FinObs.DataPlane.Cases.Api;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Cases.Work;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>A page of cases, and how many stand in each view.</summary>
internal sealed record CasesModel(IReadOnlyList<CaseAnswer> Items, string? Next, int Open, int Mine, int Unassigned, int Overdue);

/// <summary>One case with its story.</summary>
internal sealed record CaseModel(CaseAnswer Case, IReadOnlyList<CaseDecision> Decisions, IReadOnlyList<TimelineItem> Timeline, IReadOnlyList<SimilarAnswer> Similar);

/// <summary>A transaction of a case.</summary>
internal sealed record CaseDecision(Guid Id, DateTimeOffset At, Contracts.Transactions.Decision Decision, double? Score, decimal Amount, string Currency, string Type, string? Why);

/// <summary>Reads cases for people.</summary>
internal sealed class CasesReader(IDatabase database, CaseActions actions, CaseTimelines timelines, SimilarCases similar, WaitingReader waiting, TimeProvider time)
{
    public const int PageSize = 50;

    private const int MostDecisions = 100;
    private const int MostTimeline = 300;
    private const int MostSimilar = 6;

    public async Task<CasesModel?> ReadAsync(string @namespace, string view, string? cursor, Viewer who, CancellationToken cancellationToken)
    {
        const string Open = "Open,Triaged,InProgress,Escalated";
        CaseQuery query = new() { Namespace = @namespace, Status = Open, Cursor = cursor, Limit = $"{PageSize}" };
        query = view switch
        {
            "mine" => query with { AssignedTo = who.Name },
            "unassigned" => query with { AssignedTo = "" },
            "overdue" => query with { Overdue = true },
            "resolved" => query with { Status = nameof(CaseStatus.Resolved) },
            _ => query,
        };
        (CaseFilter? filter, _) = query.Check();
        filter ??= (query with { Cursor = null }).Check().Filter!;
        DateTimeOffset now = time.GetUtcNow();
        await using FinObsDbContext db = database.CreateContext();
        List<CaseRow> rows = await filter.Apply(db, now).ToListAsync(cancellationToken);
        Waiting counts = await waiting.OfAsync(@namespace, who, cancellationToken);
        int open = await db.Cases.CountAsync(row => row.Namespace == @namespace && row.Status != CaseStatus.Resolved, cancellationToken);
        bool personal = who.May(Permissions.PersonalDataRead);
        return new CasesModel([.. rows.Select(row => CaseAnswer.Of(row, now, personal))], rows.Count == PageSize ? rows[^1].Id.ToString("N") : null, open, counts.Mine, counts.Unassigned, counts.Overdue);
    }

    public async Task<CaseModel?> ReadAsync(Guid id, Viewer who, CancellationToken cancellationToken)
    {
        if (await actions.FindAsync(id, cancellationToken) is not { } row)
        {
            return null;
        }

        (DateTimeOffset now, bool personal) = (time.GetUtcNow(), who.May(Permissions.PersonalDataRead));
        await using FinObsDbContext db = database.CreateContext();
        Guid[] ids = [.. await db.CaseTransactions.Where(link => link.CaseId == id).OrderByDescending(link => link.TransactionRef).Select(link => link.TransactionRef).Take(MostDecisions).ToListAsync(cancellationToken)];
        List<StoredTransaction> stored = await StoredTransactions.Joined(db).Where(pair => EF.Parameter(ids).Contains(pair.Transaction.Id)).ToListAsync(cancellationToken);
        TimelineAnswer? story = await timelines.ReadAsync(id, skip: 0, MostTimeline, cancellationToken);
        return new CaseModel(
            CaseAnswer.Of(row, now, personal),
            [.. stored.OrderByDescending(pair => pair.Transaction.Id).Select(pair => DecisionOf(pair, who.May(Permissions.TransactionRead)))],
            story?.Items ?? [],
            [.. (await similar.OfAsync(row, cancellationToken)).Take(MostSimilar).Select(one => new SimilarAnswer(CaseAnswer.Of(one.Row, now, personal), one.Score, one.Because))]);
    }

    private static CaseDecision DecisionOf(StoredTransaction pair, bool mayRead)
    {
        IReadOnlyList<DecisionReason> reasons = mayRead ? ReasonsJson.Read(pair.Decision.Reasons) : [];
        return new CaseDecision(
            pair.Transaction.Id, pair.Decision.DecidedAt, pair.Decision.Decision, pair.Decision.Score, pair.Transaction.Amount, pair.Transaction.Currency, pair.Transaction.Type, reasons.Count == 0 ? null : reasons[0].Text);
    }
}
