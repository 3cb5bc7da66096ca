using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Pulls.Store;

/// <summary>What the leaf of something done about a source commits to.</summary>
internal static class PullAct
{
    public const string Kind = "pull.changed";

    public static byte[] Payload(PullChangeRow change)
    {
        CanonicalJsonWriter writer = new();
        writer.BeginObject();
        writer.Property("act"u8, Kind);
        writer.Property("action"u8, change.Action);
        writer.Property("actor"u8, change.Actor);
        writer.Property("changed_at"u8, change.ChangedAt);
        writer.Property("detail"u8, change.Detail);
        writer.Property("item"u8, change.Item?.ToString());
        writer.Property("name"u8, change.Name);
        writer.Property("namespace"u8, change.Namespace);
        writer.Property("v"u8, 1);
        writer.EndObject();
        return writer.Written.ToArray();
    }
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
