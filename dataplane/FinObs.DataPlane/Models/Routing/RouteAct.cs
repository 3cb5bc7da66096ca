using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Models.Routing;

/// <summary>What the leaf of a change of route commits to: who decided, who decides now, and why.</summary>
internal static class RouteAct
{
    public const string Kind = "model.routed";

    public static async Task<byte[]> PayloadAsync(IDatabase database, ModelRouteChangeRow change, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        ModelVersionRow? from = await db.ModelVersions.FirstOrDefaultAsync(row => row.Id == change.FromVersionId, cancellationToken);
        ModelVersionRow? to = await db.ModelVersions.FirstOrDefaultAsync(row => row.Id == change.ToVersionId, cancellationToken);
        CanonicalJsonWriter writer = new();
        writer.BeginObject();
        writer.Property("act"u8, Kind);
        writer.Property("actor"u8, change.Actor);
        writer.Property("changed_at"u8, change.ChangedAt);
        writer.Property("changed_by"u8, change.ChangedBy);
        Version(writer, "from"u8, from);
        writer.Property("generation"u8, change.Generation);
        writer.Property("namespace"u8, change.Namespace);
        writer.Property("reason"u8, change.Reason);
        writer.Property("split"u8, change.Split);
        Version(writer, "to"u8, to);
        writer.Property("v"u8, 1);
        writer.EndObject();
        return writer.Written.ToArray();
    }

    private static void Version(CanonicalJsonWriter writer, ReadOnlySpan<byte> name, ModelVersionRow? row)
    {
        writer.Name(name);
        if (row is null)
        {
            writer.Null();
            return;
        }

        writer.BeginObject();
        writer.Property("digest"u8, row.Digest);
        writer.Property("model"u8, row.Model);
        writer.Property("version"u8, row.Version);
        writer.EndObject();
    }
}

/// <summary>The payloads of changes of route: the newest from the live route, the older ones from the history.</summary>
internal sealed class RouteProjection(IDatabase database) : IAuditProjection
{
    public string Kind => RouteAct.Kind;

    public async Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken)
    {
        Guid[] wanted = [.. refs];
        await using FinObsDbContext db = database.CreateContext();
        List<ModelRouteChangeRow> rows = await db.ModelRouteChanges.Where(row => EF.Parameter(wanted).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        Dictionary<string, ModelRouteRow> live = await db.ModelRoutes.ToDictionaryAsync(row => row.Namespace, cancellationToken);
        Dictionary<Guid, byte[]> payloads = [];
        foreach (ModelRouteChangeRow row in rows)
        {
            ModelRouteChangeRow shown = row;
            if (!live.TryGetValue(row.Namespace, out ModelRouteRow? route) || route.Generation < row.Generation)
            {
                continue; // the live row is gone, or older than what was proven
            }

            if (route.Generation == row.Generation)
            {
                bool hasMoved = row.FromVersionId != row.ToVersionId;
                shown = row with { FromVersionId = hasMoved ? route.PreviousVersionId : route.StableVersionId, ToVersionId = route.StableVersionId, Split = route.Split };
            }

            payloads[row.Id] = await RouteAct.PayloadAsync(database, shown, cancellationToken);
        }

        return payloads;
    }
}
