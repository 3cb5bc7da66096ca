using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Access.Users;

/// <summary>What the audit log says of people's access. Nothing in it says who they are outside of this host.</summary>
internal static class UserActs
{
    public const string Created = "user.created";
    public const string SignedIn = "user.signed_in";
    public const string Refused = "user.refused";
    public const string RolesChanged = "user.roles_changed";
    public const string Deactivated = "user.deactivated";
    public const string Activated = "user.activated";

    /// <summary>Those with a row of their own.</summary>
    public static readonly string[] Changes = [Created, RolesChanged, Deactivated, Activated];

    /// <summary>Access is not of one tenant.</summary>
    public const string Namespace = "default";

    public static AuditAct Of(UserChangeRow change) => new()
    {
        Namespace = Namespace,
        Kind = change.Act,
        At = change.At,
        Actor = change.Actor,
        Subject = $"user:{change.UserId:D}",
        Ref = change.Id,
        About = change.UserId,
        Payload = Payload(change),
    };

    public static AuditAct Coming(UserRow user, string kind, string way, DateTimeOffset at) => new()
    {
        Namespace = Namespace,
        Kind = kind,
        At = at,
        Actor = user.Actor,
        Subject = user.Actor,
        Ref = Guid.CreateVersion7(at),
        About = user.Id,
        Payload = Payload(user, way, at),
    };

    public static byte[] Payload(UserChangeRow change)
    {
        CanonicalJsonWriter writer = new();
        writer.BeginObject();
        writer.Property("act"u8, change.Act);
        writer.Property("active"u8, change.IsActive);
        writer.Property("actor"u8, change.Actor);
        writer.Property("at"u8, change.At);
        writer.Property("reason"u8, change.Reason);
        writer.Property("roles"u8, change.Roles);
        writer.Property("roles_before"u8, change.RolesBefore);
        writer.Property("user"u8, change.UserId);
        writer.Property("v"u8, 1);
        writer.EndObject();
        return writer.Written.ToArray();
    }

    private static byte[] Payload(UserRow user, string way, DateTimeOffset at)
    {
        CanonicalJsonWriter writer = new();
        writer.BeginObject();
        writer.Property("at"u8, at);
        writer.Property("issuer_roles"u8, user.IssuerRoles);
        writer.Property("roles"u8, user.Roles);
        writer.Property("user"u8, user.Id);
        writer.Property("v"u8, 1);
        writer.Property("way"u8, way);
        writer.EndObject();
        return writer.Written.ToArray();
    }
}

/// <summary>The payloads of changes from their rows. The newest one of a person is built from what the person may now: roles that a hand has given in the database do not agree with what was proven.</summary>
internal sealed class UserChangeProjection(IDatabase database, string act) : IAuditProjection
{
    public string Kind => act;

    public async Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken)
    {
        Guid[] wanted = [.. refs];
        await using FinObsDbContext db = database.CreateContext();
        DbSet<UserChangeRow> changes = db.UserChanges;
        DbSet<UserRow> users = db.Users;
        var rows = await changes.Where(row => EF.Parameter(wanted).Contains(row.Id)).OrderBy(row => row.Id)
            .Select(row => new
            {
                Change = row,
                Newest = !changes.Any(other => other.UserId == row.UserId && other.Id > row.Id),
                User = users.Where(user => user.Id == row.UserId).Select(user => new { user.Roles, user.IsActive }).FirstOrDefault(),
            })
            .ToListAsync(cancellationToken);
        return rows.ToDictionary(
            row => row.Change.Id,
            row => UserActs.Payload(row is { Newest: true, User: { } now } ? row.Change with { Roles = now.Roles, IsActive = now.IsActive } : row.Change));
    }
}
