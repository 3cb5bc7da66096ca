using FinObs.DataPlane.Access.Keys;
using FinObs.DataPlane.Access.Users;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>People who have come at least once, the newest first.</summary>
internal sealed record PeopleModel(IReadOnlyList<UserAnswer> Items, Guid? Next, int Active, int Admins);

/// <summary>One of them, with what was done to their access.</summary>
internal sealed record PersonModel(UserAnswer It, IReadOnlyList<UserChangeAnswer> Changes);

/// <summary>Keys of machines, the newest first.</summary>
internal sealed record KeysModel(IReadOnlyList<KeyLine> Items, Guid? Next);

/// <summary>A key without its secret.</summary>
/// <param name="It">Itself.</param>
/// <param name="State">Good, watch, bad or none.</param>
/// <param name="Text">The same in words.</param>
/// <param name="Counts">It still lets in.</param>
internal sealed record KeyLine(KeyAnswer It, string State, string Text, bool Counts);

/// <summary>Reads who is let in and what they may.</summary>
internal sealed class AccessReader(IDatabase database, UserDirectory users, UserProfiles profiles, TimeProvider time)
{
    private const int PageSize = 100;
    private const int MostChanges = 50;

    /// <summary>A key that ends sooner is to be replaced.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromDays(7);

    public async Task<PeopleModel?> PeopleAsync(Guid? before, CancellationToken cancellationToken)
    {
        Guid last = before ?? Guid.AllBitsSet;
        await using FinObsDbContext db = database.CreateContext();
        List<UserRow> rows = await db.Users.Where(row => row.Id < last).OrderByDescending(row => row.Id).Take(PageSize).ToListAsync(cancellationToken);
        int active = await db.Users.CountAsync(row => row.IsActive, cancellationToken);
        var roles = await db.Users.Where(row => row.IsActive && (row.Roles.Contains("admin") || row.IssuerRoles.Contains("admin"))).Select(row => new { row.Roles, row.IssuerRoles }).ToListAsync(cancellationToken);
        int admins = roles.Count(row => RoleList.Parse(row.Roles).Concat(RoleList.Parse(row.IssuerRoles)).Contains(Access.Roles.Admin));
        return new PeopleModel([.. rows.Select(row => UsersApi.Answer(row, profiles))], rows.Count == PageSize ? rows[^1].Id : null, active, admins);
    }

    public async Task<PersonModel?> PersonAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await users.FindAsync(id, cancellationToken) is not { } row)
        {
            return null;
        }

        await using FinObsDbContext db = database.CreateContext();
        List<UserChangeAnswer> changes = await db.UserChanges.Where(change => change.UserId == id).OrderByDescending(change => change.Id).Take(MostChanges)
            .Select(change => new UserChangeAnswer(change.Act, change.RolesBefore, change.Roles, change.IsActive, change.Actor, change.Reason, change.At, change.LeafId)).ToListAsync(cancellationToken);
        return new PersonModel(UsersApi.Answer(row, profiles), changes);
    }

    public async Task<KeysModel?> KeysAsync(Guid? before, CancellationToken cancellationToken)
    {
        Guid last = before ?? Guid.AllBitsSet;
        DateTimeOffset now = time.GetUtcNow();
        await using FinObsDbContext db = database.CreateContext();
        List<ApiKeyRow> rows = await db.ApiKeys.Where(row => row.Id < last).OrderByDescending(row => row.Id).Take(PageSize).ToListAsync(cancellationToken);
        return new KeysModel([.. rows.Select(row => LineOf(ApiKeysApi.Answer(row), now))], rows.Count == PageSize ? rows[^1].Id : null);
    }

    private static KeyLine LineOf(KeyAnswer key, DateTimeOffset now)
    {
        (string state, string text) = key switch
        {
            { RevokedAt: not null } => ("none", "revoked"),
            _ when key.ExpiresAt <= now => ("none", "ended"),
            _ when key.ExpiresAt - now < Soon => ("watch", "ends soon"),
            { LastUsedAt: null } => ("good", "never used"),
            _ => ("good", "counts"),
        };
        return new KeyLine(key, state, text, key.RevokedAt is null && key.ExpiresAt > now);
    }
}
