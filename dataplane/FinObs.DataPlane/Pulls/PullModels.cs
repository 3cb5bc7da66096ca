using FinObs.Contracts.Resources.PullSources;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Pulls.Fetching;
using FinObs.DataPlane.Resources;

namespace FinObs.DataPlane.Pulls;

/// <summary>Which model decides what a source gives: <c>scoring.modelRef</c>, else the namespace's. Asked for each chunk, so that a rollout, a rollback or a kill switch holds for the next one.</summary>
internal sealed class PullModels(ModelChoices choices)
{
    /// <summary>Null = whoever decides for the namespace.</summary>
    /// <exception cref="PullFailedException">The model that is named may not decide.</exception>
    public async Task<RoutedTraffic?> TrafficAsync(PreparedSource source, CancellationToken cancellationToken) =>
        source.Spec.Scoring?.ModelRef is not { } wanted ? null
        : await choices.OfAsync(source.Key.Namespace, wanted, cancellationToken) switch
        {
            ModelChoice.Found found => found.Traffic,
            ModelChoice.Missing missing => throw new PullFailedException(isReachable: false, PullSourceReasons.ModelMissing, missing.Why),
            var other => throw new InvalidOperationException($"Unknown choice {other}."),
        };

    /// <summary>Why the model that is named may not decide; null where it may, or none is named.</summary>
    public async Task<string?> ProblemAsync(StoredResource resource, CancellationToken cancellationToken) =>
        ((PullSource)resource.Resource).Spec.Scoring?.ModelRef is { } wanted && await choices.OfAsync(resource.Key.Namespace, wanted, cancellationToken) is ModelChoice.Missing missing ? missing.Why : null;
}
