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
/// <param name="Exact">Figures of each row to be kept with it.</param>
internal sealed record DriftCheckRequest(
    string Namespace, string Policy, string PolicyUid, DriftPolicySpec Spec, RouteVersion Version, DateTimeOffset Due, DateTimeOffset From, DateTimeOffset To, string Actor,
    ExactReport? Exact = null)
{
    public bool IsAsked => Policy.Length == 0;
}

/// <summary>Makes checks and keeps them: the row, its leaf and its event in one commit, once for a due time, however many replicas try.</summary>
internal sealed class DriftChecks(IDatabase database, AuditedCommit commit, DriftEvaluator evaluator, DriftActions actions, TimeProvider time)
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
        long start = time.GetTimestamp();
        (DriftWindowFigures figures, DriftJudgement? judgement) = await evaluator.EvaluateAsync(request.Namespace, request.Spec, request.Version.Id, request.From, request.To, cancellationToken);
        BreachCounter before = request.IsAsked ? default : (await LastAsync(request.PolicyUid, cancellationToken))?.Counter() ?? default;
        DriftTrigger trigger = request.Spec.Trigger;
        int outOf = Math.Min(trigger.OutOf, BreachCounter.Most), needed = Math.Min(trigger.Breaches, outOf);
        DateTimeOffset now = commit.Now();
        (BreachCounter counter, bool acts) = judgement is null || request.IsAsked ? (before, false) : before.After(judgement.Breach, needed, outOf, trigger.Cooldown.Value, now);

        // The first breach after none warns once; it acts where one is all that the trigger asks for.
        bool warns = !acts && !request.IsAsked && judgement?.Breach == true && before.Count == 0 && DriftActions.AnyFor(request.Spec, DriftSeverity.Warning);
        IReadOnlyList<string> followed = acts || warns ? await actions.FollowAsync(request, acts ? DriftSeverity.Critical : DriftSeverity.Warning, cancellationToken) : [];
        DriftCheckRow row = await KeepAsync(RowOf(request, figures, judgement, counter, followed, now), acts ? DriftCheckRow.Detected : warns ? DriftCheckRow.Warned : null, cancellationToken);
        DriftMetrics.Checked(row, time.GetElapsedTime(start));
        return row;
    }

    private async Task<DriftCheckRow> KeepAsync(DriftCheckRow row, string? topic, CancellationToken cancellationToken)
    {
        try
        {
            await commit.WriteAsync(
                row.Act(topic),
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

    private static DriftCheckRow RowOf(
        DriftCheckRequest request, DriftWindowFigures figures, DriftJudgement? judgement, BreachCounter counter, IReadOnlyList<string> followed, DateTimeOffset now)
    {
        string report = DriftReport.Write(figures, judgement, request.Exact);
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
