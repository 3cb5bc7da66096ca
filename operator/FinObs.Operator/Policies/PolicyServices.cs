using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ABExperiments;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.Contracts.Resources.PullSources;
using FinObs.Operator.Reconciliation;
using FinObs.Operator.Reconciliation.Api;
using k8s.Models;

namespace FinObs.Operator.Policies;

internal static class PolicyServices
{
    public static IServiceCollection AddPolicies(this IServiceCollection services)
    {
        services.AddInformer<V1Secret>(options => options.MetadataOnly = true);
        services.AddPolicy<CallbackTarget, CallbackTargetSpec, CallbackTargetStatus>();
        services.AddPolicy<PullSource, PullSourceSpec, PullSourceStatus>();
        services.AddPolicy<DriftPolicy, DriftPolicySpec, DriftPolicyStatus>();
        services.AddPolicy<ABExperiment, ABExperimentSpec, ABExperimentStatus>();
        return services;
    }

    private static void AddPolicy<T, TSpec, TStatus>(this IServiceCollection services)
        where T : CustomResource<TSpec, TStatus>
        where TSpec : ResourceSpec
        where TStatus : ResourceStatus, new() =>
        services.AddController<T, PolicyReconciler<T, TSpec, TStatus>>(watch => watch
            .RefersTo<V1Secret>(policy => SecretReferences.Of(policy.Spec).Select(secret => new ResourceKey(policy.Metadata.Namespace ?? "", secret.Name))));
}
