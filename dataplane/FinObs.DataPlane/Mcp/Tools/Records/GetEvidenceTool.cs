using FinObs.DataPlane.Access;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Mcp.Calls;
using FinObs.DataPlane.Mcp.Schemas;

namespace FinObs.DataPlane.Mcp.Tools.Records;

/// <summary><c>get_decision_evidence</c>: the proof, and the story in leaves. Payloads stay in the file.</summary>
internal sealed class GetEvidenceTool(TransactionFinder finder, AuditReader audit, AuditSearch search, AuditKeyring keyring) : McpTool
{
    private const int MostActs = 100;

    public override ToolCard Card { get; } = new()
    {
        Name = "get_decision_evidence",
        Title = "Evidence of a decision",
        Description = "Gives the proof that a decision stands in the audit log: its leaf, the Merkle inclusion proof against the signed checkpoint, and every act about it (overrides, approvals, cases, deliveries), oldest "
            + "first. Use it to answer an examiner. The whole file with all payloads, which verifies offline, is downloaded from file; verify_evidence checks it.",
        Permission = Permissions.EvidenceRead,
        Input = new ToolInput(TransactionFinder.Id, TransactionFinder.Source, ToolField.Namespace()),
        Output = typeof(EvidenceAnswer),
    };

    public override async Task<ToolAnswer> CallAsync(ToolCall call, CancellationToken cancellationToken)
    {
        (StoredTransaction? found, string? problem) = await finder.FindAsync(call, cancellationToken);
        if (found is null)
        {
            return new ToolAnswer.Refused(problem!);
        }

        DecisionRow decision = found.Decision;
        IReadOnlyList<AuditActAnswer> acts = (await search.StoryAsync(decision.LeafId, decision.Id, withPayload: false, cancellationToken)).Items;
        LeafProofAnswer? proof = await audit.ProveAsync(decision.LeafId, cancellationToken) is LeafProofOutcome.Proven { Proof: var one }
            ? new LeafProofAnswer(one.LeafId, Convert.ToBase64String(one.LeafHash), $"{one.Index}", $"{one.Size}", [.. one.Hashes.Select(Convert.ToBase64String)], one.Checkpoint)
            : null;
        return new ToolAnswer.Done(new EvidenceAnswer(
            decision.Id, found.Transaction.TransactionId, decision.Decision.OnTheWire(), decision.LeafId, proof is null ? "pending" : "proven", proof, keyring.Signer.Verifier.Text,
            [.. acts.Take(MostActs).Select(EvidenceAct.Of)], Math.Max(0, acts.Count - MostActs), $"/v1/transactions/{decision.Id}/evidence"));
    }
}

/// <summary>Evidence of a decision.</summary>
/// <param name="DecisionId">Our id of it, and of its transaction.</param>
/// <param name="TransactionId">The sender's.</param>
/// <param name="Decision">Of record.</param>
/// <param name="LeafId">The leaf that proves it.</param>
/// <param name="State">proven, or pending for about a second after the decision.</param>
/// <param name="Proof">RFC 6962 inclusion proof, hashes in base64, lowest first; null while pending.</param>
/// <param name="LogKey">The log's public key (C2SP verifier key): compare it with a copy from elsewhere.</param>
/// <param name="Story">What was done about it, oldest first.</param>
/// <param name="StoryOmitted">Further acts.</param>
/// <param name="File">Where the file with all payloads is, on this host.</param>
internal sealed record EvidenceAnswer(
    Guid DecisionId, string TransactionId, string Decision, Guid LeafId, string State, LeafProofAnswer? Proof, string LogKey, IReadOnlyList<EvidenceAct> Story, int StoryOmitted, string File);

/// <summary>One act.</summary>
/// <param name="LeafId">Its leaf.</param>
/// <param name="Kind">What was done.</param>
/// <param name="At">When.</param>
/// <param name="Actor">By whom, as an id.</param>
/// <param name="Ref">The act's row.</param>
/// <param name="About">What it is about, where that has leaves of its own.</param>
/// <param name="Index">Place in the tree, or pending.</param>
internal sealed record EvidenceAct(Guid LeafId, string Kind, DateTimeOffset At, string Actor, Guid Ref, Guid? About, string Index)
{
    public static EvidenceAct Of(AuditActAnswer act) => new(act.LeafId, act.Kind, act.At, act.Actor, act.Ref, act.About, act.Index);
}
