using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Retention.Holds;

/// <summary>What the audit log says of holds, made from their rows.</summary>
internal static class HoldActs
{
    public const string Placed = "retention.hold_placed";
    public const string Released = "retention.hold_released";

    /// <summary>Rules that ask for these records.</summary>
    public static readonly string[] Tags = ["FINRA 4511", "SEC 17a-4"];

    public static byte[] PlacedPayload(LegalHoldRow row)
    {
        CanonicalJsonWriter json = new();
        json.BeginObject();
        json.Property("at"u8, row.PlacedAt);
        json.Property("by"u8, row.PlacedBy);
        json.Property("case"u8, row.CaseId);
        json.Property("name"u8, row.Name);
        json.Property("reason"u8, row.Reason);
        json.Property("scope"u8, row.Scope.ToString());
        json.Property("subject"u8, row.Subject);
        json.Property("v"u8, 1);
        json.EndObject();
        return json.Written.ToArray();
    }

    public static byte[] ReleasedPayload(Guid id, DateTimeOffset at, string by, string reason)
    {
        CanonicalJsonWriter json = new();
        json.BeginObject();
        json.Property("at"u8, at);
        json.Property("by"u8, by);
        json.Property("hold"u8, id);
        json.Property("reason"u8, reason);
        json.Property("v"u8, 1);
        json.EndObject();
        return json.Written.ToArray();
    }
}

/// <summary>The rows of holds say still what was recorded when they were placed.</summary>
internal sealed class PlacedHoldProjection(IDatabase database) : IAuditProjection
{
    public string Kind => HoldActs.Placed;

    public async Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.LegalHolds.Where(row => refs.Contains(row.Id)).ToDictionaryAsync(row => row.Id, HoldActs.PlacedPayload, cancellationToken);
    }
}

/// <summary>And when they were released.</summary>
internal sealed class ReleasedHoldProjection(IDatabase database) : IAuditProjection
{
    public string Kind => HoldActs.Released;

    public async Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.LegalHolds.Where(row => refs.Contains(row.Id) && row.ReleasedAt != null)
            .ToDictionaryAsync(row => row.Id, row => HoldActs.ReleasedPayload(row.Id, row.ReleasedAt!.Value, row.ReleasedBy!, row.ReleaseReason!), cancellationToken);
    }
}
