using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.CallbackTargets;
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
        return services;
    }

    /// <param name="services">Where.</param>
    /// <param name="more">What else makes an object be looked at.</param>
    public static void AddPolicy<T, TSpec, TStatus>(this IServiceCollection services, Action<ControllerOptions<T>>? more = null)
        where T : CustomResource<TSpec, TStatus>
        where TSpec : ResourceSpec
        where TStatus : ResourceStatus, new() =>
        services.AddController<T, PolicyReconciler<T, TSpec, TStatus>>(watch =>
        {
            watch.RefersTo<V1Secret>(policy => SecretReferences.Of(policy.Spec).Select(secret => new ResourceKey(policy.Metadata.Namespace ?? "", secret.Name)));
            more?.Invoke(watch);
        });
}
