using FinObs.Contracts.Resources.DriftPolicies;

namespace FinObs.DataPlane.Drift;

/// <summary>How the retraining that a policy looks after stands; the slice that trains says so.</summary>
internal interface IRetrainingStandings
{
    /// <param name="namespace">Tenant.</param>
    /// <param name="model">The policy's model.</param>
    /// <param name="policyUid">Whose drift, or whose annotation, asked for it.</param>
    /// <param name="isFirst">The policy also looks after what people and the clock asked for: one of the model's policies does.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The oldest that is not over, else the newest; null where there never was one.</returns>
    Task<RetrainingStatus?> OfAsync(string @namespace, string model, string policyUid, bool isFirst, CancellationToken cancellationToken);
}
