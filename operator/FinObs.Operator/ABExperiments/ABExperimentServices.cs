using FinObs.Contracts.Resources.ABExperiments;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Operator.Policies;
using FinObs.Operator.Reconciliation.Api;

namespace FinObs.Operator.ABExperiments;

internal static class ABExperimentServices
{
    public static IServiceCollection AddABExperiments(this IServiceCollection services)
    {
        services.AddSingleton<IPolicyStep<ABExperiment, ABExperimentStatus>, ExperimentWaits>();

        // By their names, which a ModelVersion has of its model and version: what becomes of an arm shows at once.
        services.AddPolicy<ABExperiment, ABExperimentSpec, ABExperimentStatus>(watch => watch
            .RefersTo<ModelVersion>(experiment => experiment.Spec.Arms.Select(arm => new ResourceKey(experiment.Metadata.Namespace ?? "", $"{experiment.Spec.Model}-{arm.Version}"))));
        return services;
    }
}
