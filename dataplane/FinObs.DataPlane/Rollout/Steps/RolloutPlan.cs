using System.Security.Cryptography;
using System.Text.Json;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ModelVersions;

namespace FinObs.DataPlane.Rollout.Steps;

/// <summary>The steps that a spec comes to, with those that it leaves unsaid.</summary>
internal sealed record RolloutPlan
{
    /// <summary>The share, in percent, of a version that may decide a share and does not say which.</summary>
    public const int UnsaidWeight = 5;

    public required ModelStage Stage { get; init; }

    public required IReadOnlyList<RolloutStep> Steps { get; init; }

    /// <summary>Digest of steps and artifact: others are another rollout.</summary>
    public required string StepHash { get; init; }

    /// <summary>The steps are the spec's own.</summary>
    public required bool IsWritten { get; init; }

    public RolloutSpec Spec { get; private init; } = new() { Steps = [] };

    /// <summary>May decide, so that it needs the route for itself.</summary>
    public bool MayDecide => Stage is ModelStage.Canary or ModelStage.Production;

    /// <summary>Who is asked where a share needs people and no step says whom: the strictest that the steps ask for anywhere, so that leaving steps out is no way around it; else one person.</summary>
    public ApprovalStep Unsaid => Steps.Select(step => step.Approval).OfType<ApprovalStep>().OrderByDescending(step => step.Required).FirstOrDefault() ?? new ApprovalStep { Required = 1 };

    /// <summary>Null where the version's stage asks for no steps: it is not loaded, or it may decide at once.</summary>
    public static RolloutPlan? Of(ModelVersionSpec spec)
    {
        bool isWritten = spec.Rollout is { Steps.Count: > 0 };
        IReadOnlyList<RolloutStep>? steps = (spec.Stage, isWritten) switch
        {
            (ModelStage.Shadow or ModelStage.Canary or ModelStage.Production, true) => spec.Rollout!.Steps,
            (ModelStage.Shadow, false) => [new RolloutStep { Shadow = new ShadowStep() }],
            (ModelStage.Canary, false) => [new RolloutStep { SetWeight = UnsaidWeight }],
            _ => null,
        };
        return steps is null
            ? null
            : new RolloutPlan
            {
                Stage = spec.Stage,
                Steps = steps,
                StepHash = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(new { spec.Artifact.Digest, steps }, ResourceJson.Lenient)))}",
                IsWritten = isWritten,
                Spec = isWritten ? spec.Rollout! : new RolloutSpec { Steps = steps },
            };
    }

    /// <summary>Percent of the traffic that is scored in shadow at a step: as the last shadow step says, and all where an analysis would otherwise have nothing to compare.</summary>
    public int ShadowPercentAt(int step)
    {
        RolloutStep[] done = [.. Steps.Take(step + 1)];
        if (done.LastOrDefault(one => one.Shadow is not null)?.Shadow is { } shadow)
        {
            return shadow.Percent;
        }

        bool decides = done.Any(one => one.SetWeight > 0);
        bool compares = done.Any(one => one.Analysis is { } analysis && (!decides || analysis.Metrics.Any(metric => metric.Name == RolloutMetric.DisagreementRate)));
        return compares ? 100 : 0;
    }

    /// <summary>The analysis that holds at a step: its own, else the last before, which goes on while people or time are waited for.</summary>
    public int? AnalysisAt(int step)
    {
        for (int i = Math.Min(step, Steps.Count - 1); i >= 0; i--)
        {
            if (Steps[i].Analysis is { } analysis && (i == step || !analysis.DryRun))
            {
                return i;
            }
        }

        return null;
    }

    /// <summary>Enters a step.</summary>
    public RolloutRow Enter(RolloutRow row, int step, DateTimeOffset now)
    {
        int shadow = ShadowPercentAt(step);
        return row with
        {
            Step = step,
            StepStartedAt = now,
            ShadowPercent = shadow,
            ShadowSince = shadow == row.ShadowPercent ? row.ShadowSince : now,
            Failures = 0,
            Inconclusive = 0,
            NextCheckAt = AnalysisAt(step) is { } analysis ? now + Steps[analysis].Analysis!.Interval.Value : null,
            ApprovalId = null,
        };
    }
}
