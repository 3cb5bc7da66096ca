using System.Data.Common;
using System.Diagnostics;
using System.Text;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Outbox.Words;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Artifacts;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Models.Artifacts;

/// <summary>Artifacts by their content address. That one came, by which way and from whom, is an audited act, committed with the bytes.</summary>
internal sealed class ArtifactStore(IDatabase database, AuditComposer audit, IReplicaWords words, OutboxSignal outbox, ChangeSignal changes, TimeProvider time)
{
    private const string Insert =
        "INSERT INTO artifacts (digest, id, zip, size, manifest, model, version, review_at, block_at, origin, uploaded_by, uploaded_at, leaf_id) "
        + "VALUES (@digest, @id, @zip, @size, @manifest, @model, @version, @review_at, @block_at, @origin, @uploaded_by, @uploaded_at, @leaf_id) ON CONFLICT (digest) DO NOTHING";

    /// <summary>False where it is there already.</summary>
    public async Task<bool> SaveAsync(ModelArtifact artifact, string origin, string? uploadedBy, CancellationToken cancellationToken)
    {
        if (await FindAsync(artifact.Digest, cancellationToken) is not null)
        {
            return false;
        }

        ArtifactRow row = RowOf(artifact, origin, uploadedBy);
        using AuditBatch batch = await audit.PrepareAsync(ModelRouter.DefaultNamespace, [null], cancellationToken);
        ComposedLeaf leaf = batch.Compose(new AuditAct
        {
            Namespace = ModelRouter.DefaultNamespace,
            Kind = ArtifactAct.Kind,
            At = row.UploadedAt,
            Actor = $"models:{origin}",
            Ref = row.Id,
            Payload = ArtifactAct.Payload(row),
            Traceparent = Activity.Current?.Id,
        });
        await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        if (!await InsertAsync(session, row with { LeafId = leaf.LeafId }, cancellationToken))
        {
            return false;
        }

        await session.InsertAsync(AuditLeaf.Table, [leaf.Leaf], cancellationToken);
        await session.InsertAsync(OutboxBlock.Table, OutboxBlock.Of([leaf.Outbox]), cancellationToken);
        await words.AnnounceAsync(session, ReplicaWord.ResourcesChanged, cancellationToken);
        await session.CommitAsync(cancellationToken);
        outbox.Raise();
        changes.Raise();
        return true;
    }

    /// <summary>What is known of an artifact, without its bytes.</summary>
    public async Task<ArtifactInfo?> FindAsync(string digest, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.Artifacts.Where(row => row.Digest == digest)
            .Select(row => new ArtifactInfo(row.Digest, row.Model, row.Version, new DecisionThresholds(row.ReviewAt, row.BlockAt)))
            .FirstOrDefaultAsync(cancellationToken);
    }

    private ArtifactRow RowOf(ModelArtifact artifact, string origin, string? uploadedBy)
    {
        DateTimeOffset now = time.GetUtcNow();
        byte[] zip = artifact.ToZip();
        return new ArtifactRow
        {
            Digest = artifact.Digest,
            Id = Guid.CreateVersion7(now),
            Zip = zip,
            Size = zip.Length,
            Manifest = Encoding.UTF8.GetString(artifact.ManifestBytes.Span),
            Model = artifact.Manifest.Model,
            Version = artifact.Manifest.Version,
            ReviewAt = artifact.Manifest.Thresholds.ReviewAt,
            BlockAt = artifact.Manifest.Thresholds.BlockAt,
            Origin = origin,
            UploadedBy = uploadedBy,
            UploadedAt = now,
            LeafId = Guid.Empty,
        };
    }

    private static async Task<bool> InsertAsync(IWriteSession session, ArtifactRow row, CancellationToken cancellationToken)
    {
        DatabaseKind kind = session.Kind;
        await using DbCommand insert = session.CreateCommand(Insert);
        insert.With(kind, "digest", row.Digest).With(kind, "id", row.Id).With(kind, "zip", row.Zip).With(kind, "size", row.Size).With(kind, "manifest", row.Manifest)
            .With(kind, "model", row.Model).With(kind, "version", row.Version).With(kind, "review_at", row.ReviewAt).With(kind, "block_at", row.BlockAt)
            .With(kind, "origin", row.Origin).With(kind, "uploaded_by", row.UploadedBy).With(kind, "uploaded_at", row.UploadedAt).With(kind, "leaf_id", row.LeafId);
        return await insert.ExecuteNonQueryAsync(cancellationToken) == 1;
    }
}
