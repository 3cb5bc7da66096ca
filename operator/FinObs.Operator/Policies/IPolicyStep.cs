using FinObs.Contracts.Resources;
using FinObs.Operator.DataPlane;
using FinObs.Operator.Status;

namespace FinObs.Operator.Policies;

/// <summary>What one kind needs of the cluster beside the data plane's work. Level-based: taken on each reconcile once the data plane has the spec, and the same again where it was interrupted.</summary>
internal interface IPolicyStep<in T, TStatus>
    where T : CustomResource
    where TStatus : ResourceStatus
{
    /// <param name="resource">The object, with the status that was written last.</param>
    /// <param name="told">What the data plane says of it.</param>
    /// <param name="conditions">May be set; they are written with the status.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The status with what the step found.</returns>
    /// <exception cref="DataPlaneUnreachableException">The data plane does not answer any more.</exception>
    Task<TStatus> TakeAsync(T resource, TStatus told, ConditionSet conditions, CancellationToken cancellationToken);
}
