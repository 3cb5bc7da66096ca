using System.Data.Common;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Access.Users;

/// <summary>Somebody as a good token of the issuer describes them.</summary>
/// <param name="Issuer">The token's <c>iss</c>.</param>
/// <param name="Profile">Subject, name and e-mail.</param>
/// <param name="Roles">Ours, as the token's map to them.</param>
internal sealed record IssuerIdentity(string Issuer, UserProfile Profile, IReadOnlyList<string> Roles);

/// <summary>What becomes of somebody who comes with a good token.</summary>
internal abstract record Coming
{
    internal sealed record In(UserRow User) : Coming;

    /// <summary>Deactivated here.</summary>
    internal sealed record Refused(UserRow User) : Coming;
}

/// <summary>
/// People, looked up in the table with each of their requests: what is changed on one replica counts on all of them with the next one. Whoever comes for the first time gets a row; who comes again
/// after a while leaves a leaf.
/// </summary>
internal sealed class UserDirectory(IDatabase database, AuditedCommit commit, UserProfiles profiles)
{
    /// <summary>Requests closer together than this are one stay.</summary>
    public static readonly TimeSpan Stay = TimeSpan.FromMinutes(30);

    /// <summary>When somebody was last here is kept no finer than this, so that a look is rarely a write.</summary>
    public static readonly TimeSpan SeenEvery = TimeSpan.FromMinutes(1);

    private const string Insert =
        """
        INSERT INTO users (id, issuer, subject_token, profile, issuer_roles, roles, is_active, created_at, last_seen_at, version)
        VALUES (@id, @issuer, @subject, @profile, @issuer_roles, '', @active, @now, @now, 1)
        ON CONFLICT (issuer, subject_token) DO NOTHING
        """;

    private const string Seen = "UPDATE users SET last_seen_at = @now, issuer_roles = @issuer_roles, profile = @profile WHERE id = @id AND last_seen_at = @seen AND issuer_roles = @issuer_roles_seen";
    private const string SeenRefused = "UPDATE users SET refused_at = @now WHERE id = @id AND (refused_at IS NULL OR refused_at < @before)";

    /// <summary>Somebody is an admin, by the issuer or by assignment, and active.</summary>
    public async Task<bool> HasAdminAsync(CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.Users.AnyAsync(user => user.IsActive && (("," + user.Roles + ",").Contains(",admin,") || ("," + user.IssuerRoles + ",").Contains(",admin,")), cancellationToken);
    }

    public async Task<UserRow?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateHotContext();
        return await db.Users.FirstOrDefaultAsync(row => row.Id == id, cancellationToken);
    }

    /// <param name="who">As the token says.</param>
    /// <param name="way">How they came: <c>bearer</c>, or <c>session</c> for a browser, which is a stay of its own each time.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<Coming> ComeAsync(IssuerIdentity who, string way, CancellationToken cancellationToken)
    {
        string token = profiles.TokenOf(who.Issuer, who.Profile.Subject);
        UserRow? user = await FindAsync(who.Issuer, token, cancellationToken);
        if (user is null)
        {
            if (await CreateAsync(who, token, cancellationToken) is { } created) return new Coming.In(created);
            user = await FindAsync(who.Issuer, token, cancellationToken) ?? throw new InvalidOperationException("A user's row is neither there nor could it be made.");
        }

        if (!user.IsActive)
        {
            await RefuseAsync(user, way, cancellationToken);
            return new Coming.Refused(user);
        }

        return new Coming.In(await SeeAsync(user, who, way, cancellationToken));
    }

    private async Task<UserRow?> FindAsync(string issuer, string token, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateHotContext();
        return await db.Users.FirstOrDefaultAsync(row => row.Issuer == issuer && row.SubjectToken == token, cancellationToken);
    }

    /// <summary>Null where another request was faster.</summary>
    private async Task<UserRow?> CreateAsync(IssuerIdentity who, string token, CancellationToken cancellationToken)
    {
        DateTimeOffset now = commit.Now();
        Guid id = Guid.CreateVersion7(now);
        UserRow user = new()
        {
            Id = id,
            Issuer = who.Issuer,
            SubjectToken = token,
            Profile = profiles.Seal(id, who.Profile),
            IssuerRoles = RoleList.Of(who.Roles),
            Roles = "",
            IsActive = true,
            CreatedAt = now,
            LastSeenAt = DateTimeOffset.MinValue,
            Version = 1,
        };
        UserChangeRow change = new()
        {
            Id = Guid.CreateVersion7(now),
            UserId = id,
            Act = UserActs.Created,
            RolesBefore = "",
            Roles = "",
            IsActive = true,
            Actor = user.Actor,
            At = now,
            LeafId = Guid.Empty,
        };
        AuditAct[] acts = [UserActs.Of(change), UserActs.Coming(user, UserActs.SignedIn, "first", now)];
        IReadOnlyList<Guid>? leaves = await commit.WriteAsync(
            acts,
            async (session, ids, cancel) =>
            {
                await using DbCommand insert = session.CreateCommand(Insert);
                insert.With(session.Kind, "id", id).With(session.Kind, "issuer", who.Issuer).With(session.Kind, "subject", token).With(session.Kind, "profile", user.Profile)
                    .With(session.Kind, "issuer_roles", user.IssuerRoles).With(session.Kind, "active", true).With(session.Kind, "now", now);
                if (await insert.ExecuteNonQueryAsync(cancel) != 1) return false;
                await session.InsertAsync(UserChangeRow.Table, [change with { LeafId = ids[0] }], cancel);
                return true;
            },
            cancellationToken);
        return leaves is null ? null : user with { LastSeenAt = now };
    }

    /// <summary>Keeps that they are here, at most once a minute, and writes a leaf where this is another stay, or the issuer gives them other roles than before.</summary>
    private async Task<UserRow> SeeAsync(UserRow user, IssuerIdentity who, string way, CancellationToken cancellationToken)
    {
        DateTimeOffset now = commit.Now();
        string roles = RoleList.Of(who.Roles);
        bool isNewStay = way == "session" || now - user.LastSeenAt >= Stay || roles != user.IssuerRoles;
        UserRow seen = user with { IssuerRoles = roles };
        if (!isNewStay && now - user.LastSeenAt < SeenEvery) return seen;
        seen = seen with { LastSeenAt = now, Profile = profiles.Seal(user.Id, who.Profile) };

        async Task<bool> WriteAsync(IWriteSession session, CancellationToken cancel)
        {
            await using DbCommand update = session.CreateCommand(Seen);
            update.With(session.Kind, "id", user.Id).With(session.Kind, "now", now).With(session.Kind, "seen", user.LastSeenAt).With(session.Kind, "profile", seen.Profile)
                .With(session.Kind, "issuer_roles", roles).With(session.Kind, "issuer_roles_seen", user.IssuerRoles);
            return await update.ExecuteNonQueryAsync(cancel) == 1;
        }

        if (isNewStay)
        {
            await commit.WriteAsync(UserActs.Coming(seen, UserActs.SignedIn, way, now), (session, _, cancel) => WriteAsync(session, cancel), cancellationToken);
            return seen;
        }

        await using IWriteSession state = await database.BeginWriteAsync(cancellationToken);
        if (await WriteAsync(state, cancellationToken)) await state.CommitAsync(cancellationToken);
        return seen;
    }

    /// <summary>A leaf, at most one a minute: whoever is refused must not be able to fill the log.</summary>
    private async Task RefuseAsync(UserRow user, string way, CancellationToken cancellationToken)
    {
        DateTimeOffset now = commit.Now();
        if (user.RefusedAt is { } last && now - last < SeenEvery) return;
        await commit.WriteAsync(
            UserActs.Coming(user, UserActs.Refused, way, now),
            async (session, _, cancel) =>
            {
                await using DbCommand update = session.CreateCommand(SeenRefused);
                update.With(session.Kind, "id", user.Id).With(session.Kind, "now", now).With(session.Kind, "before", now - SeenEvery);
                return await update.ExecuteNonQueryAsync(cancel) == 1;
            },
            cancellationToken);
    }
}
