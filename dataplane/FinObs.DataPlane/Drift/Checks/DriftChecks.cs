using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Drift;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Drift.Checks;

/// <summary>A check that is to be made.</summary>
/// <param name="Namespace">Whose transactions.</param>
/// <param name="Policy">Name of the policy; empty = somebody asks, and nothing follows from it.</param>
/// <param name="PolicyUid">Of the policy, or of the asking.</param>
/// <param name="Spec">How.</param>
/// <param name="Version">What is watched.</param>
/// <param name="Due">When it was due.</param>
/// <param name="From">Of the window.</param>
/// <param name="To">Of the window.</param>
/// <param name="Actor">Who makes it.</param>
internal sealed record DriftCheckRequest(
    string Namespace, string Policy, string PolicyUid, DriftPolicySpec Spec, RouteVersion Version, DateTimeOffset Due, DateTimeOffset From, DateTimeOffset To, string Actor)
{
    public bool IsAsked => Policy.Length == 0;
}

/// <summary>Makes checks and keeps them: the row, its leaf and its event in one commit, once for a due time, however many replicas try.</summary>
internal sealed class DriftChecks(IDatabase database, AuditedCommit commit, DriftEvaluator evaluator, IEnumerable<IRetrainingTrigger> retraining)
{
    public async Task<DriftCheckRow?> LastAsync(string policyUid, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.DriftChecks.Where(row => row.PolicyUid == policyUid).OrderByDescending(row => row.DueAt).FirstOrDefaultAsync(cancellationToken);
    }

    public async Task<DriftCheckRow?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.DriftChecks.FirstOrDefaultAsync(row => row.Id == id, cancellationToken);
    }

    /// <summary>Newest first.</summary>
    /// <param name="namespace">Whose.</param>
    /// <param name="policy">Only its; null = all.</param>
    /// <param name="before">Only older ones than this.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async Task<List<DriftCheckRow>> PageAsync(string @namespace, string? policy, Guid? before, int limit, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        IQueryable<DriftCheckRow> rows = db.DriftChecks.Where(row => row.Namespace == @namespace);
        rows = policy is null ? rows : rows.Where(row => row.Policy == policy);
        rows = before is { } id ? rows.Where(row => row.Id.CompareTo(id) < 0) : rows;
        return await rows.OrderByDescending(row => row.Id).Take(limit).ToListAsync(cancellationToken);
    }

    /// <summary>The check as it is kept; that of another replica where it was faster.</summary>
    public async Task<DriftCheckRow> RunAsync(DriftCheckRequest request, CancellationToken cancellationToken)
    {
        (DriftWindowFigures figures, DriftJudgement? judgement) = await evaluator.EvaluateAsync(request.Namespace, request.Spec, request.Version.Id, request.From, request.To, cancellationToken);
        BreachCounter before = request.IsAsked ? default : (await LastAsync(request.PolicyUid, cancellationToken))?.Counter() ?? default;
        DriftTrigger trigger = request.Spec.Trigger;
        int outOf = Math.Min(trigger.OutOf, BreachCounter.Most), needed = Math.Min(trigger.Breaches, outOf);
        DateTimeOffset now = commit.Now();
        (BreachCounter counter, bool acts) = judgement is null || request.IsAsked ? (before, false) : before.After(judgement.Breach, needed, outOf, trigger.Cooldown.Value, now);
        IReadOnlyList<string> followed = acts ? await FollowAsync(request, cancellationToken) : [];
        DriftCheckRow row = RowOf(request, figures, judgement, counter, followed, now);
        try
        {
            await commit.WriteAsync(
                row.Act(detected: acts),
                async (session, leaf, cancel) =>
                {
                    await using FinObsDbContext db = await session.OpenContextAsync(cancel);
                    db.Add(row with { LeafId = leaf });
                    return await db.SaveChangesAsync(cancel) > 0;
                },
                cancellationToken);
            return row;
        }
        catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
        {
            // Another replica made this very check; anything else fails again where it is looked for.
            await using FinObsDbContext db = database.CreateContext();
            return await db.DriftChecks.FirstAsync(there => there.PolicyUid == row.PolicyUid && there.DueAt == row.DueAt, cancellationToken);
        }
    }

    /// <summary>
    /// Before the commit, because each of these is asked for by a key and so happens once, whoever repeats it: a kill in between repeats the check, and nothing is lost. Cases are made from the event.
    /// </summary>
    private async Task<IReadOnlyList<string>> FollowAsync(DriftCheckRequest request, CancellationToken cancellationToken)
    {
        List<string> followed = [];
        foreach (DriftAction action in request.Spec.Actions ?? [])
        {
            followed.Add(action.Type switch
            {
                DriftActionType.Retrain => await RetrainAsync(request, action.Job ?? new RetrainingJob(), cancellationToken),
                DriftActionType.OpenCase => nameof(DriftActionType.OpenCase),
                DriftActionType.Notify => $"Notify {action.CallbackTargetRef?.Name}: not sent, callbacks carry decisions only so far; the event {DriftCheckRow.Detected} is in the stream",
                _ => "ReduceWeight: not done, shares of traffic are not moved yet",
            });
        }

        return followed;
    }

    private async Task<string> RetrainAsync(DriftCheckRequest request, RetrainingJob job, CancellationToken cancellationToken)
    {
        foreach (IRetrainingTrigger trigger in retraining)
        {
            Guid run = await trigger.RequestAsync(
                request.Namespace, request.Version.Model, $"The drift policy {request.Policy} found {request.Version.Name} drifting.", request.To - job.DataWindow.Value, request.To,
                $"drift:{request.PolicyUid}:{request.Due:yyyyMMddTHHmmssZ}", cancellationToken);
            return $"{nameof(DriftActionType.Retrain)} {run}";
        }

        return "Retrain: nothing here trains candidates";
    }

    private static DriftCheckRow RowOf(
        DriftCheckRequest request, DriftWindowFigures figures, DriftJudgement? judgement, BreachCounter counter, IReadOnlyList<string> followed, DateTimeOffset now)
    {
        string report = DriftReport.Write(figures, judgement);
        return new DriftCheckRow
        {
            Id = Guid.CreateVersion7(now),
            Namespace = request.Namespace,
            Policy = request.Policy,
            PolicyUid = request.PolicyUid,
            Model = request.Version.Model,
            Version = request.Version.Version,
            DueAt = request.Due,
            WindowFrom = request.From,
            WindowTo = request.To,
            CheckedAt = now,
            Actor = request.Actor,
            Samples = figures.Samples,
            Judged = judgement is not null,
            Severity = SeverityOf(request, judgement, counter),
            Breach = judgement?.Breach == true,
            Drifted = judgement?.Drifted ?? 0,
            MaxPsi = judgement?.MaxPsi,
            BreachBits = (long)counter.Breaches,
            BreachChecks = counter.Checks,
            Drifting = counter.Drifting,
            QuietUntil = counter.QuietUntil,
            Followed = string.Join('\n', followed),
            Report = report,
            ReportDigest = DriftReport.DigestOf(report),
        };
    }

    /// <summary>One breach is a warning; so many as the trigger asks for are more. Who asks by hand has one check only, and its breach is the answer.</summary>
    private static DriftSeverity SeverityOf(DriftCheckRequest request, DriftJudgement? judgement, BreachCounter counter) =>
        counter.Drifting || (request.IsAsked && judgement?.Breach == true) ? DriftSeverity.Critical
        : judgement is { Breach: true } or { Warns: true } ? DriftSeverity.Warning
        : DriftSeverity.None;
}
