using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Audit.Leaves;

/// <summary>A leaf as stored: its bytes verbatim, and beside them the encrypted payload whose digest the leaf carries. Never changed, never removed.</summary>
internal sealed record AuditLeaf
{
    public static readonly BulkTable<AuditLeaf> Table = new(
        "audit_leaves",
        ["id", "namespace", "kind", "ref_id", "about_id", "key_id", "leaf", "payload"],
        static (row, leaf) =>
        {
            row.Write(leaf.Id);
            row.Write(leaf.Namespace);
            row.Write(leaf.Kind);
            row.Write(leaf.RefId);
            row.Write(leaf.AboutId);
            row.Write(leaf.KeyId);
            row.Write(PackedJson.Pack(leaf.Leaf));
            row.Write(leaf.Payload);
        });

    public required Guid Id { get; init; }

    public required string Namespace { get; init; }

    public required string Kind { get; init; }

    /// <summary>The id of the act's row.</summary>
    public required Guid RefId { get; init; }

    /// <summary>What the act is about, or null.</summary>
    public Guid? AboutId { get; init; }

    /// <summary>The subject key under which the payload is encrypted.</summary>
    public required Guid KeyId { get; init; }

    /// <summary>The hashed bytes: canonical JSON. Kept as <see cref="PackedJson"/>.</summary>
    public required byte[] Leaf { get; init; }

    /// <summary>nonce ‖ AES-256-GCM(salt ‖ packed payload) ‖ tag.</summary>
    public required byte[] Payload { get; init; }
}
