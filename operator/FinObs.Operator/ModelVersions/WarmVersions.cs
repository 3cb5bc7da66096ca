using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Operator.Reconciliation.Caching;

namespace FinObs.Operator.ModelVersions;

/// <summary>
/// Which of the versions that a later one has followed keep their pods: those that the deciding version's rollback window names, so that going back needs no pod to start. Whatever decides, is on trial or was never followed keeps them anyway.
/// </summary>
internal sealed class WarmVersions(Resources<ModelVersion> versions)
{
    public bool Keeps(ModelVersion version) => Keeps(version, versions.All());

    internal static bool Keeps(ModelVersion version, IEnumerable<ModelVersion> all)
    {
        if (!IsFollowed(version)) return true;

        ModelVersion[] ofModel = [.. all.Where(other => other.Metadata.Namespace == version.Metadata.Namespace && other.Spec.Model == version.Spec.Model)];
        if (Array.Find(ofModel, other => other.Status?.Phase == ModelPhase.Serving) is not { } deciding) return true;

        RollbackWindow window = deciding.Spec.Rollout?.RollbackWindow ?? new RollbackWindow();
        int later = ofModel.Count(other => other.Metadata.Name != version.Metadata.Name && IsFollowed(other) && IsAfter(other, version));
        return window.KeepWarm && later < window.Versions;
    }

    private static bool IsFollowed(ModelVersion version) =>
        version.Status?.Conditions?.FirstOrDefault(condition => condition.Type == ModelVersionConditions.TrafficShifted)?.Reason == ModelVersionReasons.Superseded;

    /// <summary>By the last time that each decided; of those that never did, by name, so that there is one answer.</summary>
    private static bool IsAfter(ModelVersion one, ModelVersion other)
    {
        DateTimeOffset ones = one.Status?.LastPromoted?.At ?? DateTimeOffset.MinValue, others = other.Status?.LastPromoted?.At ?? DateTimeOffset.MinValue;
        return ones != others ? ones > others : string.CompareOrdinal(one.Metadata.Name, other.Metadata.Name) > 0;
    }
}
