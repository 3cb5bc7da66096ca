using FinObs.DataPlane.Audit.Export;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FinObs.DataPlane.Audit;

/// <summary>A leaf over the API.</summary>
/// <param name="LeafId">Its id.</param>
/// <param name="Leaf">Base64 of its bytes.</param>
/// <param name="Index">Its place in the tree, in decimal; <c>pending</c> while it has none that is signed.</param>
/// <param name="Proof">Where its proof is.</param>
internal sealed record LeafAnswer(Guid LeafId, string Leaf, string Index, string Proof);

/// <summary>An inclusion proof over the API; hashes in base64, lowest first.</summary>
internal sealed record LeafProofAnswer(Guid LeafId, string LeafHash, string Index, string Size, IReadOnlyList<string> Hashes, string Checkpoint);

/// <summary>A consistency proof over the API; hashes in base64, lowest first.</summary>
internal sealed record ConsistencyAnswer(string From, string To, IReadOnlyList<string> Hashes);

internal static class AuditApi
{
    public static RouteGroupBuilder MapAudit(this IEndpointRouteBuilder app)
    {
        var audit = app.MapGroup("/v1/audit").WithTags("Audit");
        audit.MapGet("/checkpoint", GetCheckpoint).WithSummary("The newest signed checkpoint (C2SP tlog-checkpoint).");
        audit.MapGet("/key", GetKey).WithSummary("The log's public key (C2SP verifier key).");
        audit.MapGet("/leaves/{leafId:guid}", GetLeaf).WithSummary("A leaf's bytes and its place.");
        audit.MapGet("/leaves/{leafId:guid}/proof", GetProof).WithSummary("The leaf's inclusion proof against the newest checkpoint.");
        audit.MapGet("/consistency", GetConsistency).WithSummary("The proof that one tree is the beginning of another.");
        audit.MapGet("/export", GetExport).WithSummary("A range of leaves as one file that can be verified offline.");
        return audit;
    }

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> GetCheckpoint(AuditReader reader, HttpResponse response, CancellationToken cancellationToken)
    {
        response.Headers.CacheControl = "no-store";
        return await reader.LatestCheckpointAsync(cancellationToken) is { } checkpoint
            ? TypedResults.Text(checkpoint.Note, "text/plain; charset=utf-8")
            : NotFound("The tree is still empty: there is no checkpoint yet. Send a transaction and ask again in a second.");
    }

    private static ContentHttpResult GetKey(AuditKeyring keyring) => TypedResults.Text(keyring.Signer.Verifier.Text + "\n", "text/plain; charset=utf-8");

    private static async Task<Results<Ok<LeafAnswer>, ProblemHttpResult>> GetLeaf(Guid leafId, AuditReader reader, CancellationToken cancellationToken) =>
        await reader.FindLeafAsync(leafId, cancellationToken) is { } leaf
            ? TypedResults.Ok(new LeafAnswer(leafId, Convert.ToBase64String(leaf.Leaf), leaf.Provable ? $"{leaf.Index}" : "pending", ProofPath(leafId)))
            : NotFound("There is no leaf with this id.");

    private static async Task<Results<Ok<LeafProofAnswer>, ProblemHttpResult>> GetProof(Guid leafId, AuditReader reader, HttpResponse response, CancellationToken cancellationToken)
    {
        switch (await reader.ProveAsync(leafId, cancellationToken))
        {
            case LeafProofOutcome.Proven { Proof: var proof }:
                return TypedResults.Ok(new LeafProofAnswer(leafId, Convert.ToBase64String(proof.LeafHash), $"{proof.Index}", $"{proof.Size}", Base64(proof.Hashes), proof.Checkpoint));
            case LeafProofOutcome.Pending:
                response.Headers.RetryAfter = "1";
                return TypedResults.Problem("The leaf is stored, but no checkpoint covers it yet. Ask again in a second.", statusCode: StatusCodes.Status409Conflict, title: "Proof pending");
            default:
                return NotFound("There is no leaf with this id.");
        }
    }

    private static async Task<Results<Ok<ConsistencyAnswer>, ProblemHttpResult>> GetConsistency(long from, long to, AuditReader reader, CancellationToken cancellationToken) =>
        await reader.ProveConsistencyAsync(from, to, cancellationToken) is { } proof
            ? TypedResults.Ok(new ConsistencyAnswer($"{from}", $"{to}", Base64(proof.Hashes)))
            : BadRequest("Ask for 0 <= from <= to, with to no larger than the newest checkpoint's size.");

    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> GetExport(
        AuditExporter exporter, AuditReader reader, HttpContext context, CancellationToken cancellationToken, long from = 0, long? to = null, long? anchor = null)
    {
        var range = new ExportRange(from, to, anchor);
        var checkpoint = await reader.LatestCheckpointAsync(cancellationToken);
        if (AuditExporter.Refuse(range, checkpoint?.Size ?? 0) is { } refusal) return BadRequest(refusal);
        return TypedResults.Stream(output => exporter.WriteAsync(output, range, checkpoint!, context.RequestAborted), ExportFormat.MediaType, $"audit-{from}-{Math.Min(to ?? long.MaxValue, checkpoint!.Size)}.ndjson");
    }

    /// <summary>Where a leaf's proof is; for other slices' answers.</summary>
    internal static string ProofPath(Guid leafId) => $"/v1/audit/leaves/{leafId}/proof";

    private static List<string> Base64(IReadOnlyList<byte[]> hashes) => [.. hashes.Select(Convert.ToBase64String)];

    private static ProblemHttpResult NotFound(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status404NotFound, title: "Not found");

    private static ProblemHttpResult BadRequest(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status400BadRequest, title: "Bad request");
}
