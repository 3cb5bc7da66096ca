using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Rollout;

namespace FinObs.DataPlane.Drift.Checks;

/// <summary>
/// Does what a policy wants done. Before the check's commit, because each of these is asked for by a key and so happens once, whoever repeats it: a kill in between repeats the check, and nothing is lost. Cases and callbacks are made
/// from the check's event.
/// </summary>
internal sealed class DriftActions(ResourceCatalogue catalogue, RolloutVerbs rollouts, IEnumerable<IRetrainingTrigger> retraining)
{
    private const string NotifyWord = nameof(DriftActionType.Notify) + " ";

    /// <summary>Whether there is something to do already at this severity.</summary>
    public static bool AnyFor(DriftPolicySpec spec, DriftSeverity severity) => spec.Actions?.Any(action => action.Severity <= severity) == true;

    /// <summary>What was done, a line each.</summary>
    public async Task<IReadOnlyList<string>> FollowAsync(DriftCheckRequest request, DriftSeverity severity, CancellationToken cancellationToken)
    {
        List<string> followed = [];
        foreach (DriftAction action in request.Spec.Actions?.Where(action => action.Severity <= severity) ?? [])
        {
            followed.Add(action.Type switch
            {
                DriftActionType.Retrain => await RetrainAsync(request, action.Job ?? new RetrainingJob(), cancellationToken),
                DriftActionType.OpenCase => nameof(DriftActionType.OpenCase),
                DriftActionType.Notify => Notify(request.Namespace, action.CallbackTargetRef?.Name ?? ""),
                _ => $"{nameof(DriftActionType.ReduceWeight)}: " + await rollouts.ReduceAsync(
                    request.Namespace, request.Version.Model, request.Version.Version, action.To ?? 0, $"The drift policy {request.Policy} found it drifting.", "system:drift", cancellationToken),
            });
        }

        return followed;
    }

    /// <summary>The CallbackTargets that a check has named.</summary>
    public static IReadOnlyList<string> NotifiedBy(DriftCheckRow check) =>
        [.. check.Followed.Split('\n').Where(line => line.StartsWith(NotifyWord, StringComparison.Ordinal) && !line.Contains(':', StringComparison.Ordinal)).Select(line => line[NotifyWord.Length..])];

    private string Notify(string @namespace, string target) => catalogue.Current.Find(new ResourceKey(@namespace, ResourceKinds.CallbackTarget.Name, target)) is null
        ? $"{NotifyWord}{target}: there is no such CallbackTarget"
        : $"{NotifyWord}{target}";

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
}
