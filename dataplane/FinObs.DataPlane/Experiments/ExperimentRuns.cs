using FinObs.Contracts.Resources.ABExperiments;
using FinObs.DataPlane.Experiments.Judging;
using FinObs.DataPlane.Experiments.Measuring;
using FinObs.DataPlane.Experiments.Runs;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Rollout;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Experiments;

/// <summary>Takes experiments along. Any replica may, at any time: each step is one write from what was seen, and whoever comes second finds it done.</summary>
internal sealed partial class ExperimentRuns(
    ExperimentStore store, ExperimentVersions versions, ExperimentSamples samples, ExperimentApproval promotion, ModelRouting routing, RolloutVerbs rollouts, IOptions<ExperimentOptions> options,
    ILogger<ExperimentRuns> logger)
{
    public const string Actor = "system:experiment";

    private const int MostMoves = 16;

    /// <summary>As far as it gets now.</summary>
    /// <returns>When to look again; null = when its resource changes.</returns>
    public async Task<TimeSpan?> AdvanceAsync(StoredResource resource, CancellationToken cancellationToken)
    {
        ABExperimentSpec spec = ((ABExperiment)resource.Resource).Spec;
        for (int i = 0; i < MostMoves; i++)
        {
            ExperimentRow? row = await store.FindAsync(resource.Row.Uid, cancellationToken);
            if (row is null && spec.State is ExperimentState.Draft or ExperimentState.Stopped)
            {
                return null;
            }

            if (row is null || Asked(row, spec) is not null)
            {
                await WriteAsync(row, row is null ? Begun(resource, spec) : Asked(row, spec)!, null, cancellationToken);
                continue;
            }

            if (row.IsOver || row.Phase == ExperimentPhase.Concluded)
            {
                await routing.SettleAsync(row.Namespace, cancellationToken);
                return row.WaitsForPromotion ? options.Value.Period : null;
            }

            if (await StepAsync(row, spec, cancellationToken) is { } pause)
            {
                return pause;
            }
        }

        return options.Value.Period;
    }

    /// <summary>Null = something was written: look again.</summary>
    private async Task<TimeSpan?> StepAsync(ExperimentRow row, ABExperimentSpec spec, CancellationToken cancellationToken)
    {
        ArmsFinding found = await versions.OfAsync(row.Namespace, spec, cancellationToken);
        if (!found.IsReady)
        {
            if (row.ServingSince is null || row.Phase == ExperimentPhase.Paused)
            {
                await routing.SettleAsync(row.Namespace, cancellationToken);
                return options.Value.Period;
            }

            await WriteAsync(row, row with { Phase = ExperimentPhase.Paused, Reason = ExperimentReasons.ArmNotReady, Detail = found.Message }, null, cancellationToken);
            return null;
        }

        if (Moved(row, spec, found.Arms) is { } moved)
        {
            await WriteAsync(row, moved, null, cancellationToken);
            return null;
        }

        ModelRoute route = await routing.SettleAsync(row.Namespace, cancellationToken);
        if (row.ServingSince is null)
        {
            return await ServeAsync(row, spec, route, cancellationToken) ? null : options.Value.Period;
        }

        DateTimeOffset now = store.Now();
        if (row.Phase == ExperimentPhase.Paused)
        {
            return options.Value.Period;
        }

        if (row.NextLookAt > now)
        {
            TimeSpan until = row.NextLookAt.Value - now;
            return until < options.Value.Period ? until + TimeSpan.FromMilliseconds(1) : options.Value.Period;
        }

        await EvaluateAsync(row, spec, now, cancellationToken);
        return null;
    }

    /// <summary>What the spec's state asks for; null where it is so.</summary>
    private static ExperimentRow? Asked(ExperimentRow row, ABExperimentSpec spec) => (spec.State, row.Phase) switch
    {
        (ExperimentState.Stopped, ExperimentPhase.Running or ExperimentPhase.Paused or ExperimentPhase.Concluded) when row.Phase != ExperimentPhase.Concluded || row.WaitsForPromotion =>
            row with { Phase = ExperimentPhase.Stopped, NextLookAt = null, Reason = ExperimentReasons.StoppedBySpec, Detail = "Its state is Stopped." },
        (ExperimentState.Paused, ExperimentPhase.Running) => row with { Phase = ExperimentPhase.Paused, Reason = ExperimentReasons.PausedBySpec, Detail = "Its state is Paused." },
        // Whoever pauses and resumes by the spec has seen what paused it, and goes on all the same.
        (ExperimentState.Paused, ExperimentPhase.Paused) when row.Reason != ExperimentReasons.PausedBySpec =>
            row with { IgnoresSignals = row.IgnoresSignals || row.Reason == ExperimentReasons.SignalBreached, Reason = ExperimentReasons.PausedBySpec, Detail = "Its state is Paused." },
        (ExperimentState.Running, ExperimentPhase.Paused) when row.Reason == ExperimentReasons.PausedBySpec =>
            row with { Phase = ExperimentPhase.Running, Reason = ExperimentReasons.ResumedBySpec, Detail = "Its state is Running." },
        _ => null,
    };

    private ExperimentRow Begun(StoredResource resource, ABExperimentSpec spec) => new()
    {
        Uid = resource.Row.Uid,
        Namespace = resource.Key.Namespace,
        Name = resource.Key.Name,
        Model = spec.Model,
        Phase = spec.State == ExperimentState.Paused ? ExperimentPhase.Paused : ExperimentPhase.Running,
        RequestedBy = resource.Row.ChangedBy,
        StartedAt = store.Now(),
        Reason = spec.State == ExperimentState.Paused ? ExperimentReasons.PausedBySpec : ExperimentReasons.Started,
        Detail = "It asks for the route; until its arms are ready and the route is its own, the stable version decides.",
        ChangedAt = store.Now(),
        Generation = 1,
    };

    /// <summary>Other versions behind the arms, or more units; null where it is so already. Once units are in their arms, the arms stay what they are.</summary>
    private ExperimentRow? Moved(ExperimentRow row, ABExperimentSpec spec, IReadOnlyList<ServedArm> arms)
    {
        string written = ServedArm.Write(arms);
        if (row.Arms != written)
        {
            return row.ServingSince is null
                ? row with { Arms = written, Detail = "Its arms are ready." }
                : row.Phase == ExperimentPhase.Paused ? null
                : row with { Phase = ExperimentPhase.Paused, Reason = ExperimentReasons.ArmNotReady, Detail = "An arm has other bytes than it began with: its version was registered anew." };
        }

        IReadOnlyList<Enrolment> enrolled = Enrolment.Read(row.Enrolled);
        return row.ServingSince is not null && enrolled.Count > 0 && enrolled[^1].Buckets != ExperimentClaims.EnrolledOf(spec)
            ? row with { Enrolled = Enrolment.Write([.. enrolled, new Enrolment(store.Now(), ExperimentClaims.EnrolledOf(spec))]), Reason = ExperimentReasons.Enrolled, Detail = $"{spec.EnrolPercent} % of the units take part now." }
            : null;
    }

    /// <summary>Counts from now on, where the route is the experiment's.</summary>
    private async Task<bool> ServeAsync(ExperimentRow row, ABExperimentSpec spec, ModelRoute route, CancellationToken cancellationToken)
    {
        bool hasIt = route.Split is { } split && split.Holder == ExperimentClaims.HolderOf(row);
        if (!hasIt || row.Phase == ExperimentPhase.Paused)
        {
            return false;
        }

        DateTimeOffset now = store.Now();
        await WriteAsync(
            row,
            row with
            {
                ServingSince = now,
                NextLookAt = now + spec.Analysis.Interval.Value,
                Enrolled = Enrolment.Write([new Enrolment(now, ExperimentClaims.EnrolledOf(spec))]),
                Reason = ExperimentReasons.Serving,
                Detail = spec.Mode == ExperimentMode.Split ? $"{spec.EnrolPercent} % of the units take part." : "Every version scores; the control decides.",
            },
            null, cancellationToken);
        return true;
    }

    private async Task EvaluateAsync(ExperimentRow row, ABExperimentSpec spec, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ExperimentCounts counts = await samples.CountAsync(row, spec, now, cancellationToken);
        ExperimentEvaluation evaluation = ExperimentJudge.Judge(spec, counts, ExperimentEvaluation.Read(row.Evaluation), now - row.ServingSince!.Value, now);
        ExperimentRow after = ExperimentFollowUp.After(row, spec, evaluation, now);
        if (!await WriteAsync(row, after, evaluation.Write(), cancellationToken))
        {
            return;
        }

        foreach (string arm in ExperimentFollowUp.Lost(after, spec, evaluation))
        {
            await RollBackAsync(after, spec, arm, cancellationToken);
        }

        if (after.WaitsForPromotion && spec.Conclusion.Promote == ExperimentPromotion.AfterApproval)
        {
            await promotion.AskAsync(after.Uid, spec, after.RequestedBy ?? Actor, "It found its treatment better.", cancellationToken);
        }
    }

    /// <summary>Automation lowers exposure, never raises it: a version that lost does not go on along the steps of its rollout once the route is free.</summary>
    private async Task RollBackAsync(ExperimentRow row, ABExperimentSpec spec, string arm, CancellationToken cancellationToken)
    {
        if (spec.Arms.FirstOrDefault(one => one.Name == arm) is { } lost && versions.Find(row.Namespace, spec.Model, lost.Version) is { } version)
        {
            await rollouts.DoAsync(version.Key.Namespace, version.Key.Name, RolloutVerb.Rollback, $"Experiment {row.Name}: {row.Detail}", Actor, cancellationToken);
        }
    }

    private async Task<bool> WriteAsync(ExperimentRow? before, ExperimentRow after, string? evaluation, CancellationToken cancellationToken)
    {
        bool isWritten = await store.WriteAsync(before, after, Actor, evaluation, cancellationToken);
        if (isWritten)
        {
            Moved(logger, after.Namespace, after.Name, after.Phase, after.Reason, after.Detail);
            if (before?.Phase != after.Phase || before.Arms != after.Arms || before.Enrolled != after.Enrolled)
            {
                await routing.SettleAsync(after.Namespace, cancellationToken);
            }
        }

        return isWritten;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Experiment {Name} in {Namespace}: {Phase} ({Reason}: {Detail})")]
    private static partial void Moved(ILogger logger, string @namespace, string name, ExperimentPhase phase, string reason, string detail);
}
