using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Pii;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Rollout.Steps;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Rollout;

/// <summary>Says how rollouts stand: for the route, and for the status of their ModelVersions.</summary>
internal sealed class RolloutStandings(RolloutStore store, IServiceProvider services, ResourceCatalogue catalogue, IDatabase database, PiiGuard pii) : IRolloutStandings
{
    public async Task<IReadOnlyDictionary<string, RolloutStanding>> OfAsync(string @namespace, CancellationToken cancellationToken) =>
        (await store.OfAsync(@namespace, cancellationToken)).ToDictionary(row => row.Uid, row => Standing(row));

    public async Task<RolloutReport?> ReportAsync(string uid, CancellationToken cancellationToken)
    {
        // Looked up late: what takes rollouts along itself needs the route, which needs this.
        Rollouts rollouts = services.GetRequiredService<Rollouts>();
        if (catalogue.Current.Sorted.FirstOrDefault(resource => resource.Row.Uid == uid) is not { } resource || await rollouts.LookAsync(resource, cancellationToken) is not { } look)
        {
            return null;
        }

        // What people wrote goes out without what may identify somebody.
        RolloutRow row = look.Row with { Detail = pii.Clean(look.Row.Detail) };
        RolloutNext.Wait? wait = look.Next is RolloutNext.Wait found ? found with { Hint = pii.Clean(found.Hint) } : null;
        IReadOnlyList<AnalysisResult> analysis = AnalysisResults.Read(row.Analysis);
        return new RolloutReport
        {
            Standing = Standing(row),
            Phase = PhaseOf(row, wait),
            Step = row.Step,
            StepStartedAt = row.StepStartedAt,
            StepHash = row.StepHash,
            Weight = row.Weight,
            Analysis = analysis,
            Approvals = await ApprovalsAsync(row, cancellationToken),
            BlockedOn = wait is { Gate: { } gate } ? new BlockedOn { Gate = gate, Since = row.Phase == RolloutPhase.Paused ? row.ChangedAt : row.StepStartedAt, Hint = wait.Hint } : null,
            Message = $"{row.Reason}: {row.Detail}",
            Conditions = [Shadow(row), Analysed(row, analysis), Approved(row, wait)],
        };
    }

    private static RolloutStanding Standing(RolloutRow row) => row.Phase switch
    {
        RolloutPhase.Promoted => RolloutStanding.Promoted,
        RolloutPhase.RolledBack => RolloutStanding.RolledBack,
        _ => RolloutStanding.Open,
    };

    private static ModelPhase PhaseOf(RolloutRow row, RolloutNext.Wait? wait) => row.Phase switch
    {
        RolloutPhase.RolledBack => ModelPhase.RolledBack,
        RolloutPhase.Promoted => ModelPhase.Promoting,
        _ when wait?.Gate == "Approval" => ModelPhase.WaitingApproval,
        _ when row is { Weight: 0, ShadowPercent: > 0 } => ModelPhase.Shadowing,
        _ => ModelPhase.Progressing,
    };

    private static Condition Shadow(RolloutRow row) => row.ShadowPercent > 0
        ? Condition(ModelVersionConditions.ShadowHealthy, ConditionStatus.True, ModelVersionReasons.Healthy, $"It scores {row.ShadowPercent} % of what others decide.", row.ShadowSince)
        : Condition(ModelVersionConditions.ShadowHealthy, ConditionStatus.False, ModelVersionReasons.NotShadowing, "It scores nothing in shadow now.", row.ShadowSince);

    private static Condition Analysed(RolloutRow row, IReadOnlyList<AnalysisResult> all)
    {
        if (all.Count == 0)
        {
            return Condition(ModelVersionConditions.AnalysisPassed, ConditionStatus.Unknown, ModelVersionReasons.NoAnalysis, "No analysis was made yet.", row.StepStartedAt);
        }

        AnalysisResult[] last = [.. all.Where(result => result.At == all[^1].At)];
        string sentence = AnalysisResults.Sentence(last);
        return last.Any(result => result.Verdict == AnalysisVerdict.Fail) ? Condition(ModelVersionConditions.AnalysisPassed, ConditionStatus.False, ModelVersionReasons.OutOfBounds, sentence, last[0].At)
            : last.Any(result => result.Verdict == AnalysisVerdict.Inconclusive) ? Condition(ModelVersionConditions.AnalysisPassed, ConditionStatus.Unknown, ModelVersionReasons.Inconclusive, sentence, last[0].At)
            : Condition(ModelVersionConditions.AnalysisPassed, ConditionStatus.True, ModelVersionReasons.WithinBounds, sentence, last[0].At);
    }

    private static Condition Approved(RolloutRow row, RolloutNext.Wait? wait) => (row, wait?.Gate) switch
    {
        ({ Reason: RolloutReasons.Rejected }, _) => Condition(ModelVersionConditions.Approved, ConditionStatus.False, ModelVersionReasons.Rejected, row.Detail, row.ChangedAt),
        ({ Reason: RolloutReasons.ApprovalExpired }, _) => Condition(ModelVersionConditions.Approved, ConditionStatus.False, ModelVersionReasons.ApprovalExpired, row.Detail, row.ChangedAt),
        (_, "Approval") => Condition(ModelVersionConditions.Approved, ConditionStatus.False, ModelVersionReasons.WaitsForApproval, wait!.Hint, row.StepStartedAt),
        ({ ApprovedStep: not null }, _) => Condition(ModelVersionConditions.Approved, ConditionStatus.True, ModelVersionReasons.ApprovedByPeople, $"People agreed at step {row.ApprovedStep}.", row.StepStartedAt),
        _ => Condition(ModelVersionConditions.Approved, ConditionStatus.Unknown, ModelVersionReasons.NoApprovalNeeded, "No step has asked for it yet.", row.StartedAt),
    };

    private async Task<IReadOnlyList<ApprovalRecord>> ApprovalsAsync(RolloutRow row, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        List<ApprovalVoteRow> votes = await (
            from request in db.ApprovalRequests
            join vote in db.ApprovalVotes on request.Id equals vote.RequestId
            where request.Namespace == row.Namespace && request.Action == RolloutPromotion.Name && request.Target == row.Uid && request.CreatedAt >= row.StartedAt
            orderby vote.Id
            select vote).ToListAsync(cancellationToken);
        return [.. votes.Select(vote => new ApprovalRecord { By = vote.Actor, Role = vote.Role, Decision = vote.Approves ? "Approved" : "Rejected", Reason = pii.Clean(vote.Reason), At = vote.At, BoundHash = vote.BoundHash })];
    }

    private static Condition Condition(string type, ConditionStatus status, string reason, string message, DateTimeOffset since) =>
        new() { Type = type, Status = status, Reason = reason, Message = message, LastTransitionTime = since };
}
