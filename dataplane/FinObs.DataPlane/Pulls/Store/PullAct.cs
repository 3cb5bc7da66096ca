using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Pulls.Store;

/// <summary>What the leaf of something done about a source commits to.</summary>
internal static class PullAct
{
    public const string Kind = "pull.changed";

    public static AuditAct Of(PullChangeRow change) => new()
    {
        Namespace = change.Namespace,
        Kind = Kind,
        At = change.ChangedAt,
        Actor = change.Actor,
        Ref = change.Id,
        Payload = Payload(change),
    };

    public static byte[] Payload(PullChangeRow change) => CanonicalObject.Of(
        ("act", Kind), ("action", change.Action), ("actor", change.Actor), ("changed_at", change.ChangedAt), ("detail", change.Detail), ("item", change.Item), ("name", change.Name),
        ("namespace", change.Namespace), ("v", 1));
}

internal sealed class PullProjection(IDatabase database) : IAuditProjection
{
    public string Kind => PullAct.Kind;

    public async Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken)
    {
        Guid[] wanted = [.. refs];
        await using FinObsDbContext db = database.CreateContext();
        List<PullChangeRow> rows = await db.PullChanges.Where(row => EF.Parameter(wanted).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        return rows.ToDictionary(row => row.Id, PullAct.Payload);
    }
}
