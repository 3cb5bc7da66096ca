using System.Text;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Evidence;
using FinObs.DataPlane.Audit.Verification;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Mcp.Calls;
using FinObs.DataPlane.Mcp.Schemas;

namespace FinObs.DataPlane.Mcp.Tools.Records;

/// <summary><c>verify_evidence</c>: the offline verifier, on a file that is given or made now.</summary>
internal sealed class VerifyEvidenceTool(TransactionFinder finder, AuditKeyring keyring) : McpTool
{
    private const int LongestFile = 2_000_000;
    private const int MostFindings = 50;

    public override ToolCard Card { get; } = new()
    {
        Name = "verify_evidence",
        Title = "Verify evidence",
        Description = "Checks evidence of a decision with the offline verifier: every leaf, payload, proof and signature. Give id to check what this host has of a decision now, or evidence with the text of a file from "
            + "elsewhere. verdict is verified, not_true (something was changed) or not_fully_checked; findings say where.",
        Permission = Permissions.EvidenceRead,
        Input = new ToolInput(
            TransactionFinder.Id with { IsRequired = false }, TransactionFinder.Source, ToolField.Text("evidence", "The lines of an evidence file.", LongestFile), ToolField.Namespace()),
        Output = typeof(VerifiedAnswer),
    };

    public override async Task<ToolAnswer> CallAsync(ToolCall call, CancellationToken cancellationToken)
    {
        (string? id, string? evidence) = (call.Text("id"), call.Text("evidence"));
        if ((id is null) == (evidence is null))
        {
            return new ToolAnswer.Refused("Give either id or evidence.");
        }

        using MemoryStream file = new();
        if (evidence is not null)
        {
            // An editor may have taken the last newline, and the verifier rightly minds.
            await file.WriteAsync(Encoding.UTF8.GetBytes(evidence.EndsWith('\n') ? evidence : evidence + "\n"), cancellationToken);
        }
        else if (await WriteAsync(file, call, cancellationToken) is { } problem)
        {
            return new ToolAnswer.Refused(problem);
        }

        file.Position = 0;
        VerificationReport report = EvidenceVerifier.Verify(file, keyring.Signer.Verifier);
        return new ToolAnswer.Done(new VerifiedAnswer(
            report.ExitCode switch { 0 => "verified", 1 => "not_true", _ => "not_fully_checked" }, report.Leaves, report.Payloads, report.Lies, report.Shredded, report.Unchecked,
            [.. report.Findings.Take(MostFindings).Select(finding => new VerifiedFinding(finding.Kind.ToString().ToLowerInvariant(), finding.Where, finding.What))], keyring.Signer.Verifier.Text));
    }

    private async Task<string?> WriteAsync(Stream file, ToolCall call, CancellationToken cancellationToken)
    {
        (StoredTransaction? found, string? problem) = await finder.FindAsync(call, cancellationToken);
        if (found is null)
        {
            return problem;
        }

        EvidenceWriter writer = call.Http.RequestServices.GetRequiredService<EvidenceWriter>();
        return await writer.WriteAsync(file, new EvidenceSubject(found.Decision.Namespace, found.Decision.Id, found.Decision.LeafId), anchor: null, cancellationToken)
            ? null
            : "No signed checkpoint covers the decision yet: call again in a second.";
    }
}

/// <summary>What the verifier found.</summary>
/// <param name="Verdict">verified, not_true or not_fully_checked.</param>
/// <param name="Leaves">Checked.</param>
/// <param name="Payloads">Checked.</param>
/// <param name="Lies">Whatever is not what was signed.</param>
/// <param name="Shredded">Payloads whose key was destroyed; their leaves are proven.</param>
/// <param name="Unchecked">Asked for, and not checkable.</param>
/// <param name="Findings">The first fifty.</param>
/// <param name="Key">The key that signatures were checked with: this log's own.</param>
internal sealed record VerifiedAnswer(string Verdict, long Leaves, long Payloads, int Lies, int Shredded, int Unchecked, IReadOnlyList<VerifiedFinding> Findings, string Key);

internal sealed record VerifiedFinding(string Kind, string Where, string What);
