using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Approvals.Store;

namespace FinObs.DataPlane.Rollout.Steps;

/// <summary>What a rollout's next step depends on, besides its row.</summary>
internal sealed record RolloutFacts
{
    public required RolloutPlan Plan { get; init; }

    public bool KillSwitch { get; init; }

    /// <summary>Who holds the route, where it is another one; null = nobody stands in the way.</summary>
    public string? BusyWith { get; init; }

    /// <summary>Somebody only looks: an analysis that is due is left to whoever takes the steps.</summary>
    public bool IsLook { get; init; }

    /// <summary>Transactions that it has scored in shadow since the shadow began; counted no further than the step asks for.</summary>
    public long ShadowSamples { get; init; }

    /// <summary>The request that <see cref="RolloutRow.ApprovalId"/> names.</summary>
    public ApprovalRequestRow? Approval { get; init; }

    /// <summary>Since that was asked, somebody has changed the version whom it does not leave out.</summary>
    public bool HasNewAuthor { get; init; }
}

/// <summary>What is to be done next.</summary>
internal abstract record RolloutNext
{
    /// <summary>The row changes.</summary>
    internal sealed record Move(RolloutRow To) : RolloutNext;

    /// <summary>An analysis is due: of this step.</summary>
    internal sealed record Check(int Step) : RolloutNext;

    /// <summary>People are to be asked.</summary>
    internal sealed record Ask(ApprovalStep Step, int Weight) : RolloutNext;

    /// <summary>Nothing, until something else happens or time passes; <see cref="Gate"/> is null where nothing is waited for at all.</summary>
    internal sealed record Wait(string? Gate, string Hint) : RolloutNext;
}

/// <summary>The rules by which a rollout gets on. No clock, no database: what goes in decides what comes out.</summary>
internal static class RolloutMachine
{
    private static readonly RolloutNext Nothing = new RolloutNext.Wait(null, "");

    public static RolloutNext Next(RolloutRow row, RolloutFacts facts, DateTimeOffset now)
    {
        RolloutPlan plan = facts.Plan;
        if (row.Phase is RolloutPhase.RolledBack or RolloutPhase.Promoted)
        {
            return Nothing;
        }

        if (facts.KillSwitch)
        {
            return Moved(RolledBack(row), RolloutReasons.KillSwitch, "spec.killSwitch is true.", now);
        }

        if (row.Phase == RolloutPhase.Paused)
        {
            return new RolloutNext.Wait("Person", $"Paused ({row.Reason}: {row.Detail}) Resume it, roll it back or retry it: POST /v1/rollouts/{row.Namespace}/{row.Name}/resume, …/rollback, …/retry.");
        }

        if (facts.BusyWith is { } other)
        {
            return new RolloutNext.Wait("Routing", $"{other} has the route; it begins when that one is over.");
        }

        return !facts.IsLook && row.NextCheckAt <= now && plan.AnalysisAt(row.Step) is { } analysis
            ? new RolloutNext.Check(analysis)
            : now > DeadlineOf(row, plan)
            ? Moved(Failed(row, plan.Spec.OnFailure), RolloutReasons.DeadlineExceeded, $"Step {row.Step} took longer than spec.rollout.progressDeadline ({plan.Spec.ProgressDeadline}).", now)
            : row.Step >= plan.Steps.Count ? Promote(row, facts, now) : OfStep(row, facts, plan.Steps[row.Step], now);
    }

    /// <summary>The row after an analysis.</summary>
    /// <param name="row">Before it.</param>
    /// <param name="plan">The steps.</param>
    /// <param name="step">Index of the analysis.</param>
    /// <param name="results">One a metric.</param>
    /// <param name="now">When it was made.</param>
    public static RolloutRow After(RolloutRow row, RolloutPlan plan, int step, IReadOnlyList<AnalysisResult> results, DateTimeOffset now)
    {
        AnalysisStep analysis = plan.Steps[step].Analysis!;
        bool isOwn = step == row.Step;
        RolloutRow next = row with { NextCheckAt = now + analysis.Interval.Value, Analysis = AnalysisResults.Newest(row.Analysis, results), Reason = RolloutReasons.Checked, Detail = AnalysisResults.Sentence(results) };
        if (results.Any(result => result.Verdict == AnalysisVerdict.Fail))
        {
            next = next with { Failures = row.Failures + 1, Inconclusive = 0 };
            return analysis.DryRun ? plan.Enter(next, row.Step + 1, now) with { Reason = RolloutReasons.StepDone }
                : next.Failures < analysis.FailureLimit ? next
                : Failed(next, plan.Spec.OnFailure) with { Reason = RolloutReasons.AnalysisFailed, Detail = $"{AnalysisResults.Sentence(results)} Failed {next.Failures} times." };
        }

        if (results.Any(result => result.Verdict == AnalysisVerdict.Inconclusive))
        {
            // While people or time are waited for, too little data is no reason to stop.
            next = next with { Inconclusive = isOwn ? row.Inconclusive + 1 : 0 };
            return !isOwn || next.Inconclusive < analysis.InconclusiveLimit ? next
                : analysis.DryRun ? plan.Enter(next, row.Step + 1, now) with { Reason = RolloutReasons.StepDone }
                : next with { Phase = RolloutPhase.Paused, Reason = RolloutReasons.Inconclusive, Detail = $"{AnalysisResults.Sentence(results)} Inconclusive {next.Inconclusive} times in a row." };
        }

        return isOwn ? plan.Enter(next, row.Step + 1, now) with { Reason = RolloutReasons.StepDone } : next with { Failures = 0 };
    }

    private static RolloutNext OfStep(RolloutRow row, RolloutFacts facts, RolloutStep step, DateTimeOffset now) => step switch
    {
        { Shadow: { } shadow } => Shadow(row, facts, shadow, now),
        { SetWeight: { } weight } => SetWeight(row, facts, weight, now),
        { Analysis: { } analysis } => new RolloutNext.Wait("Analysis", $"The next analysis is at {row.NextCheckAt:u}; {row.Failures} of {analysis.FailureLimit} failures, {row.Inconclusive} of {analysis.InconclusiveLimit} inconclusive."),
        { Approval: { } approval } => row.ApprovedStep == row.Step
            ? Done(row, facts, $"Approved by {approval.Required}.", now)
            : Approval(row, facts, approval, Math.Max(row.Weight, NextWeight(facts.Plan, row.Step)), now),
        { Pause: { } pause } => now - row.StepStartedAt >= pause.Duration.Value
            ? Done(row, facts, $"Paused for {pause.Duration}.", now)
            : new RolloutNext.Wait("Time", $"Pauses until {row.StepStartedAt + pause.Duration.Value:u}."),
        _ => Done(row, facts, "A step of a kind that this version does not know.", now),
    };

    private static RolloutNext Shadow(RolloutRow row, RolloutFacts facts, ShadowStep shadow, DateTimeOffset now)
    {
        bool isLong = now - row.StepStartedAt >= shadow.Duration.Value, isMuch = facts.ShadowSamples >= shadow.MinSamples;
        return isLong && isMuch
            ? Done(row, facts, $"Scored {facts.ShadowSamples} transactions and more in shadow.", now)
            : new RolloutNext.Wait("Shadow", $"Scores in shadow: {facts.ShadowSamples} of {shadow.MinSamples} transactions, until {row.StepStartedAt + shadow.Duration.Value:u} at the earliest.");
    }

    private static RolloutNext SetWeight(RolloutRow row, RolloutFacts facts, int weight, DateTimeOffset now)
    {
        if (weight > 0 && !facts.Plan.MayDecide)
        {
            return new RolloutNext.Wait("Stage", $"The stage {facts.Plan.Stage} does not permit it to decide: set spec.stage to Canary or Production for {weight} % of the traffic.");
        }

        return NeedsApproval(row, facts.Plan, weight)
            ? Approval(row, facts, facts.Plan.Unsaid, weight, now)
            : Moved(facts.Plan.Enter(row with { Weight = weight, WeightSince = now }, row.Step + 1, now), RolloutReasons.StepDone, $"Decides {weight} % of the traffic.", now);
    }

    private static RolloutNext Promote(RolloutRow row, RolloutFacts facts, DateTimeOffset now)
    {
        if (facts.Plan.Stage != ModelStage.Production)
        {
            return facts.Plan.IsWritten
                ? new RolloutNext.Wait("Stage", $"All steps are done. The stage {facts.Plan.Stage} does not permit it to decide everything: set spec.stage to Production.")
                : Nothing;
        }

        return NeedsApproval(row, facts.Plan, 100)
            ? Approval(row, facts, facts.Plan.Unsaid, 100, now)
            : Moved(row with { Phase = RolloutPhase.Promoted, Weight = 100, WeightSince = now, ShadowPercent = 0, NextCheckAt = null }, RolloutReasons.Promoted, "All steps are done: it decides.", now);
    }

    /// <summary>Beyond a share no automat raises exposure unless people have agreed once in this rollout.</summary>
    private static bool NeedsApproval(RolloutRow row, RolloutPlan plan, int weight) => weight > plan.Spec.MaxAutoWeight && weight > row.Weight && row.ApprovedStep is null;

    private static RolloutNext Approval(RolloutRow row, RolloutFacts facts, ApprovalStep step, int weight, DateTimeOffset now) => (row.ApprovalId, facts.Approval?.Status) switch
    {
        (null, _) => new RolloutNext.Ask(step, weight),
        (_, ApprovalStatus.Pending) when step.ExcludeRequester && facts is { HasNewAuthor: true, IsLook: false } => new RolloutNext.Ask(step, weight),
        (_, ApprovalStatus.Rejected or ApprovalStatus.Cancelled) =>
            Moved(row with { Phase = RolloutPhase.Paused, ApprovalId = null }, RolloutReasons.Rejected, $"Request {row.ApprovalId} was refused: {facts.Approval!.Outcome}", now),
        (_, ApprovalStatus.Expired) => Moved(row with { Phase = RolloutPhase.Paused, ApprovalId = null }, RolloutReasons.ApprovalExpired, $"Nobody decided on request {row.ApprovalId} in time.", now),
        (_, ApprovalStatus.Impossible or ApprovalStatus.Failed) => Moved(row with { Phase = RolloutPhase.Paused, ApprovalId = null }, RolloutReasons.Rejected, $"Request {row.ApprovalId}: {facts.Approval!.Outcome}", now),
        _ => new RolloutNext.Wait("Approval", $"People are asked to agree to {weight} %: POST /v1/approvals/{row.ApprovalId}/approve."),
    };

    private static int NextWeight(RolloutPlan plan, int step) => plan.Steps.Skip(step).FirstOrDefault(one => one.SetWeight is not null)?.SetWeight ?? 100;

    private static RolloutNext.Move Done(RolloutRow row, RolloutFacts facts, string detail, DateTimeOffset now) => Moved(facts.Plan.Enter(row, row.Step + 1, now), RolloutReasons.StepDone, detail, now);

    private static RolloutNext.Move Moved(RolloutRow row, string reason, string detail, DateTimeOffset now) => new(row with { Reason = reason, Detail = detail, ChangedAt = now });

    private static RolloutRow Failed(RolloutRow row, RolloutFailureAction action) => action == RolloutFailureAction.Pause ? row with { Phase = RolloutPhase.Paused } : RolledBack(row);

    private static RolloutRow RolledBack(RolloutRow row) => row with { Phase = RolloutPhase.RolledBack, Weight = 0, ShadowPercent = 0, NextCheckAt = null };

    /// <summary>What a step takes by itself does not count against its deadline. Steps that nobody wrote have none.</summary>
    private static DateTimeOffset DeadlineOf(RolloutRow row, RolloutPlan plan)
    {
        RolloutStep? step = row.Step < plan.Steps.Count ? plan.Steps[row.Step] : null;
        return plan.IsWritten ? row.StepStartedAt + plan.Spec.ProgressDeadline.Value + (step?.Shadow?.Duration ?? step?.Pause?.Duration ?? default).Value : DateTimeOffset.MaxValue;
    }
}
