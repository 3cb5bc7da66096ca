using System.Security.Cryptography;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Models.Artifacts;

/// <summary>What the leaf of an artifact commits to: which bytes came, by which way, from whom.</summary>
internal static class ArtifactAct
{
    public const string Kind = "artifact.uploaded";

    public static byte[] Payload(ArtifactRow row)
    {
        CanonicalJsonWriter writer = new();
        writer.BeginObject();
        writer.Property("act"u8, Kind);
        writer.Property("digest"u8, row.Digest);
        writer.Property("model"u8, row.Model);
        writer.Property("origin"u8, row.Origin);
        writer.Property("size"u8, row.Size);
        writer.Property("uploaded_at"u8, row.UploadedAt);
        writer.Property("uploaded_by"u8, row.UploadedBy);
        writer.Property("v"u8, 1);
        writer.Property("version"u8, row.Version);
        writer.Name("zip_sha256"u8);
        writer.Hex(SHA256.HashData(row.Zip));
        writer.EndObject();
        return writer.Written.ToArray();
    }
}

/// <summary>The payloads of artifacts, from the live rows: one whose bytes were changed by hand is found out.</summary>
internal sealed class ArtifactProjection(IDatabase database) : IAuditProjection
{
    public string Kind => ArtifactAct.Kind;

    public async Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken)
    {
        Dictionary<Guid, byte[]> payloads = [];
        await using FinObsDbContext db = database.CreateContext();
        foreach (Guid id in refs)
        {
            // One at a time: an artifact may have hundreds of megabytes.
            if (await db.Artifacts.FirstOrDefaultAsync(row => row.Id == id, cancellationToken) is { } row)
            {
                payloads[id] = ArtifactAct.Payload(row);
            }
        }

        return payloads;
    }
}
