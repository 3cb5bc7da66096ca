using FinObs.DataPlane.Audit.Evidence;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Decisions.Rules;

/// <summary>The rule set that a decision was made by; its SHA-256 stands in the decision's payload.</summary>
internal sealed class RuleEvidence(IDatabase database, RuleChanges changes) : IEvidencePart
{
    public string Name => ProvenParts.Rules;

    public async Task<byte[]?> OfAsync(EvidenceSubject subject, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        byte[]? hash = await db.Decisions.Where(row => row.Id == subject.DecisionId).Select(row => row.Rules).FirstOrDefaultAsync(cancellationToken);
        return hash is null ? null : await changes.ContentAsync($"sha256:{Convert.ToHexStringLower(hash)}", cancellationToken);
    }
}
