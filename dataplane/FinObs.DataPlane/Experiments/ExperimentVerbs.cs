using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ABExperiments;
using FinObs.DataPlane.Experiments.Runs;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Resources;

namespace FinObs.DataPlane.Experiments;

/// <summary>What a person can do with an experiment.</summary>
internal enum ExperimentVerb
{
    /// <summary>No look is taken; units stay in their arms.</summary>
    Pause,

    /// <summary>Go on; what paused it does not pause it again.</summary>
    Resume,

    /// <summary>The stable version decides everything again.</summary>
    Stop,

    /// <summary>Ask people to agree that the winner decides everything.</summary>
    Promote,
}

/// <summary>What came of it.</summary>
internal abstract record ExperimentOutcome
{
    internal sealed record Done(ExperimentRow Row) : ExperimentOutcome;

    internal sealed record Unknown : ExperimentOutcome;

    internal sealed record Not(string Why) : ExperimentOutcome;
}

/// <summary>Does what people ask of experiments.</summary>
internal sealed class ExperimentVerbs(ExperimentStore store, ExperimentApproval promotion, ModelRouting routing, ResourceCatalogue catalogue)
{
    private const int Rounds = 8;

    public StoredResource? Find(string @namespace, string name) => catalogue.Current.Find(new ResourceKey(@namespace, ResourceKinds.ABExperiment.Name, name));

    public async Task<ExperimentOutcome> DoAsync(string @namespace, string name, ExperimentVerb verb, string reason, string actor, CancellationToken cancellationToken)
    {
        if (Find(@namespace, name) is not { } resource)
        {
            return new ExperimentOutcome.Unknown();
        }

        for (int i = 0; i < Rounds; i++)
        {
            if (await store.FindAsync(resource.Row.Uid, cancellationToken) is not { } row)
            {
                return new ExperimentOutcome.Not("It has not begun: its state is Draft, or it was changed a moment ago.");
            }

            if (verb == ExperimentVerb.Promote)
            {
                return await PromoteAsync(resource, row, reason, actor, cancellationToken);
            }

            if (After(row, verb, reason) is not { } after)
            {
                return new ExperimentOutcome.Not($"It is {row.Phase}: that does not go with {verb.ToString().ToLowerInvariant()}.");
            }

            if (await store.WriteAsync(row, after, actor, null, cancellationToken))
            {
                await routing.SettleAsync(@namespace, cancellationToken);
                return new ExperimentOutcome.Done((await store.FindAsync(row.Uid, cancellationToken))!);
            }
        }

        return new ExperimentOutcome.Not("It changed too often at that moment; try again.");
    }

    private static ExperimentRow? After(ExperimentRow row, ExperimentVerb verb, string reason) => (verb, row.Phase) switch
    {
        (ExperimentVerb.Pause, ExperimentPhase.Running) => row with { Phase = ExperimentPhase.Paused, Reason = ExperimentReasons.PausedByPerson, Detail = reason },
        (ExperimentVerb.Resume, ExperimentPhase.Paused) when row.Reason != ExperimentReasons.PausedBySpec => row with
        {
            Phase = ExperimentPhase.Running,
            IgnoresSignals = row.IgnoresSignals || row.Reason == ExperimentReasons.SignalBreached,
            Reason = ExperimentReasons.ResumedByPerson,
            Detail = reason,
        },
        (ExperimentVerb.Stop, ExperimentPhase.Running or ExperimentPhase.Paused or ExperimentPhase.Concluded) => row with { Phase = ExperimentPhase.Stopped, NextLookAt = null, Reason = ExperimentReasons.StoppedByPerson, Detail = reason },
        _ => null,
    };

    private async Task<ExperimentOutcome> PromoteAsync(StoredResource resource, ExperimentRow row, string reason, string actor, CancellationToken cancellationToken)
    {
        if (!row.WaitsForPromotion)
        {
            return new ExperimentOutcome.Not(row.Phase == ExperimentPhase.Promoted ? "It is promoted already." : $"It is {row.Phase} and no treatment has won: there is nothing to promote.");
        }

        ABExperimentSpec spec = ((ABExperiment)resource.Resource).Spec;
        return await promotion.AskAsync(row.Uid, spec, actor, reason, cancellationToken) is null
            ? new ExperimentOutcome.Not("It changed at that moment; look at it again.")
            : new ExperimentOutcome.Done((await store.FindAsync(row.Uid, cancellationToken))!);
    }
}
