using System.Security.Cryptography;
using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Audit.Canonical;

namespace FinObs.DataPlane.Approvals;

/// <summary>
/// What people agree to, as one digest: SHA-256 of the canonical JSON of action, target, namespace, the digests of payload and evidence, the model's digest, and whether it is a simulation. Whatever of it
/// changes is another hash, and needs another approval.
/// </summary>
internal static class BoundHash
{
    public static string Of(ApprovalAsk ask)
    {
        CanonicalJsonWriter writer = new();
        writer.BeginObject();
        writer.Property("action"u8, ask.Action);
        writer.Property("evidence"u8, ask.Evidence.IsEmpty ? null : Digest(ask.Evidence.Span));
        writer.Property("model"u8, ask.ModelDigest);
        writer.Property("namespace"u8, ask.Namespace);
        writer.Property("payload"u8, Digest(ask.Payload.Span));
        writer.Property("simulation"u8, ask.Simulation);
        writer.Property("target"u8, ask.Target);
        writer.Property("v"u8, 1);
        writer.EndObject();
        return $"sha256:{Digest(writer.Written)}";
    }

    private static string Digest(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
