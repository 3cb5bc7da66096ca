using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ABExperiments;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Experiments.Judging;
using FinObs.DataPlane.Experiments.Runs;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Models.Versions;
using FinObs.DataPlane.Resources;

namespace FinObs.DataPlane.Experiments;

/// <summary>Whether every arm has a version that may do what the experiment asks of it.</summary>
/// <param name="IsReady">They have.</param>
/// <param name="Reason">Of <see cref="ABExperimentReasons"/>.</param>
/// <param name="Message">For people.</param>
/// <param name="Arms">The versions, where they are ready.</param>
internal sealed record ArmsFinding(bool IsReady, string Reason, string Message, IReadOnlyList<ServedArm> Arms);

/// <summary>Finds the versions of an experiment's arms.</summary>
internal sealed class ExperimentVersions(ResourceCatalogue catalogue, ModelVersionStates states, RouteStore routes, IEnumerable<IRolloutStandings> rollouts)
{
    public StoredResource? Find(string @namespace, string model, string version) => catalogue.Current.Of(@namespace, ResourceKinds.ModelVersion.Name)
        .FirstOrDefault(resource => ((ModelVersion)resource.Resource).Spec is var spec && spec.Model == model && spec.Version == version);

    public async Task<ArmsFinding> OfAsync(string @namespace, ABExperimentSpec spec, CancellationToken cancellationToken)
    {
        RouteVersion? stable = (await routes.FindAsync(@namespace, cancellationToken)).Stable;
        HashSet<string> rolledBack = await RolledBackAsync(@namespace, cancellationToken);
        List<ServedArm> arms = [];
        foreach (ExperimentArm arm in spec.Arms)
        {
            string name = $"{spec.Model}@{arm.Version}";
            if (stable is not null && stable.Model == spec.Model && stable.Version == arm.Version)
            {
                arms.Add(new ServedArm(arm.Name, stable.Id, ExperimentClaims.BucketsOf(arm)));
                continue;
            }

            if (Find(@namespace, spec.Model, arm.Version) is not { } resource)
            {
                return Not(ABExperimentReasons.VersionMissing, $"Arm {arm.Name}: there is no ModelVersion of {name} in {@namespace}.");
            }

            if (WhyNot(resource, spec, arm, rolledBack) is { } why)
            {
                return Not(ABExperimentReasons.ArmNotReady, $"Arm {arm.Name}: {name} {why}");
            }

            arms.Add(new ServedArm(arm.Name, states[resource.Key]!.UsableVersionId!.Value, ExperimentClaims.BucketsOf(arm)));
        }

        return spec.Mode == ExperimentMode.PairedShadow && arms.First(arm => arm.Name == ExperimentArms.Control).VersionId != stable?.Id
            ? Not(ABExperimentReasons.ArmNotReady, $"Arm control: of a PairedShadow it must be the version that decides, which is {stable?.Name ?? "none"}.")
            : new ArmsFinding(true, ABExperimentReasons.AllArmsReady, "Every arm has its version.", arms);
    }

    private static ArmsFinding Not(string reason, string message) => new(false, reason, message, []);

    private string? WhyNot(StoredResource resource, ABExperimentSpec spec, ExperimentArm arm, HashSet<string> rolledBack)
    {
        ModelVersionSpec version = ((ModelVersion)resource.Resource).Spec;
        bool isShadow = spec.Mode == ExperimentMode.PairedShadow && arm.Name != ExperimentArms.Control;
        return version.KillSwitch ? "is switched off."
            : resource.Row.Deleting ? "is being deleted."
            : !isShadow && rolledBack.Contains(resource.Row.Uid) ? "was rolled back; retry its rollout or choose another version."
            : version.Stage is not (ModelStage.Canary or ModelStage.Production) && !(isShadow && version.Stage == ModelStage.Shadow) ? $"is in stage {version.Stage}, which lets it decide nothing; {(isShadow ? "Shadow, " : "")}Canary or Production would do."
            : states[resource.Key]?.UsableVersionId is null ? "is not loaded yet."
            : null;
    }

    private async Task<HashSet<string>> RolledBackAsync(string @namespace, CancellationToken cancellationToken)
    {
        HashSet<string> found = [];
        foreach (IRolloutStandings some in rollouts)
        {
            found.UnionWith((await some.OfAsync(@namespace, cancellationToken)).Where(pair => pair.Value == RolloutStanding.RolledBack).Select(pair => pair.Key));
        }

        return found;
    }
}
