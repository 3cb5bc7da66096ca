using FinObs.DataPlane.Audit.Evidence;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Decisions;

/// <summary>The explanation as it was stored with the decision; its hash is in the decision's payload.</summary>
internal sealed class ExplanationEvidence(IDatabase database) : IEvidencePart
{
    public string Name => ProvenParts.Explanation;

    public async Task<byte[]?> OfAsync(EvidenceSubject subject, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.Decisions.Where(row => row.Id == subject.DecisionId).Select(row => row.Explanation).SingleOrDefaultAsync(cancellationToken);
    }
}
