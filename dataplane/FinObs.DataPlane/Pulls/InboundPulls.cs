using FinObs.Contracts.Resources;
using FinObs.DataPlane.Ingestion.Inbound;
using FinObs.DataPlane.Resources;

namespace FinObs.DataPlane.Pulls;

/// <summary>A sender that only says that there is something to fetch has it fetched.</summary>
internal sealed class InboundPulls(PullActs acts) : IPullTrigger
{
    public Task<bool> TriggerAsync(string @namespace, string name, string by, CancellationToken cancellationToken) =>
        acts.TriggerAsync(new ResourceKey(@namespace, ResourceKinds.PullSource.Name, name), by, cancellationToken);
}
