using System.Globalization;
using System.Text.Json;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Audit.Notes;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Audit.Anchors;

/// <summary>A loss of published history that a person accepted: the first act of the history that goes on.</summary>
internal sealed record AcceptedRestore
{
    public const string Kind = "audit.restore_accepted";

    public Guid LeafId { get; init; }

    /// <summary>The tree that the log goes on from.</summary>
    public required long Size { get; init; }
    public required IReadOnlyList<LostCheckpoint> Lost { get; init; }

    /// <summary>SHA-256 of the file of checkpoints that was set aside; null where there was none.</summary>
    public byte[]? FileDigest { get; init; }
    public required string Reason { get; init; }
    public required string By { get; init; }

    /// <summary>The database was not only older than what was published but another.</summary>
    public required bool Forced { get; init; }

    /// <summary>The very checkpoint is named as lost.</summary>
    public bool Names(Checkpoint checkpoint) => Lost.Any(lost => lost.Checkpoint.Size == checkpoint.Size && lost.Checkpoint.Root.AsSpan().SequenceEqual(checkpoint.Root));

    public byte[] ToPayload()
    {
        var json = new CanonicalJsonWriter();
        json.BeginObject();
        json.Property("by"u8, By);
        json.Name("file"u8);
        if (FileDigest is null) json.Null();
        else json.Hex(FileDigest);
        json.Property("forced"u8, Forced);
        json.Name("lost"u8);
        json.BeginArray();
        foreach (var lost in Lost)
        {
            json.BeginObject();
            json.Property("anchor"u8, lost.Anchor);
            json.Property("origin"u8, lost.Checkpoint.Origin);
            json.Name("root"u8);
            json.Hex(lost.Checkpoint.Root);
            json.Property("size"u8, lost.Checkpoint.Size);
            json.EndObject();
        }
        json.EndArray();
        json.Property("reason"u8, Reason);
        json.Property("size"u8, Size);
        json.Property("v"u8, 1);
        json.EndObject();
        return json.Written.ToArray();
    }

    public static AcceptedRestore Parse(Guid leafId, ReadOnlyMemory<byte> payload)
    {
        using var document = JsonDocument.Parse(payload);
        var root = document.RootElement;
        return new AcceptedRestore
        {
            LeafId = leafId,
            Size = Number(root),
            Lost = [.. root.GetProperty("lost").EnumerateArray().Select(lost => new LostCheckpoint(
                lost.GetProperty("anchor").GetString()!,
                new Checkpoint(lost.GetProperty("origin").GetString()!, Number(lost), Convert.FromHexString(lost.GetProperty("root").GetString()!))))],
            FileDigest = root.GetProperty("file").GetString() is { } digest ? Convert.FromHexString(digest) : null,
            Reason = root.GetProperty("reason").GetString()!,
            By = root.GetProperty("by").GetString()!,
            Forced = root.GetProperty("forced").GetBoolean(),
        };
    }

    private static long Number(JsonElement element) => long.Parse(element.GetProperty("size").GetString()!, CultureInfo.InvariantCulture);
}

/// <summary>Finds the accepted restores of a database. Only those whose payload is what their leaf proves count.</summary>
internal sealed class AcceptedRestores(PayloadVault vault)
{
    public async Task<List<AcceptedRestore>> ReadAsync(FinObsDbContext db, CancellationToken cancellationToken)
    {
        var leaves = await db.AuditLeaves.Where(leaf => leaf.Namespace == RestoreAcceptance.Namespace && leaf.Kind == AcceptedRestore.Kind && leaf.Kind != AuditTables.DecisionKind)
            .OrderBy(leaf => leaf.Id).ToListAsync(cancellationToken);
        var payloads = await vault.OpenAsync(db, leaves, cancellationToken);
        return
        [
            .. leaves.Zip(payloads)
                .Where(pair => pair.Second is PayloadState.Opened opened && opened.Payload.Digest().AsSpan().SequenceEqual(LeafDocument.Parse(pair.First.Leaf).PayloadDigest))
                .Select(pair => AcceptedRestore.Parse(pair.First.Id, ((PayloadState.Opened)pair.Second).Payload.Payload)),
        ];
    }
}
