using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.Operator.ModelVersions.Children;
using FinObs.Operator.Policies;
using FinObs.Operator.Reconciliation;
using k8s.Models;

namespace FinObs.Operator.DriftPolicies;

internal static class DriftPolicyServices
{
    public static IServiceCollection AddDriftPolicies(this IServiceCollection services)
    {
        services.AddInformer<V1Job>(options => options.Labels = $"{WellKnown.ManagedBy}={ChildLabels.OperatorValue}");
        services.AddSingleton<RetrainingGuards>();
        services.AddSingleton<CandidateObject>();
        services.AddSingleton<IPolicyStep<DriftPolicy, DriftPolicyStatus>, RetrainingStep>();
        services.AddPolicy<DriftPolicy, DriftPolicySpec, DriftPolicyStatus>(watch => watch.Owns<V1Job>());
        return services;
    }
}
