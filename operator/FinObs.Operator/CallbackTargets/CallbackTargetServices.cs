using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.Operator.Policies;

namespace FinObs.Operator.CallbackTargets;

internal static class CallbackTargetServices
{
    /// <summary>What people ask of a target by annotations, beside what every policy has.</summary>
    public static IServiceCollection AddCallbackTargets(this IServiceCollection services)
    {
        services.AddSingleton<CallbackClient>();
        services.AddSingleton<IPolicyStep<CallbackTarget, CallbackTargetStatus>, AskedActs>();
        return services;
    }
}
