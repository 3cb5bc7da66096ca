using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Models;

namespace FinObs.DataPlane.Decisions;

/// <summary>The audit payload of decisions, built again from the live rows: equal to the sealed one as long as nobody touched them.</summary>
internal sealed class DecisionProjection(StoredTransactions stored, EngineDirectory engines) : IAuditProjection
{
    public string Kind => DecisionPayload.Kind;

    public async Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken)
    {
        Dictionary<Guid, byte[]> payloads = new(refs.Count);
        CanonicalJsonWriter writer = new();
        foreach (StoredTransaction row in await stored.FindAsync(refs, cancellationToken))
        {
            EngineIdentity? engine = await engines.FindAsync(row.Decision.EngineId, cancellationToken);
            payloads[row.Decision.Id] = DecisionPayload.Write(writer, row.Transaction, row.Decision, engine);
        }

        return payloads;
    }
}
