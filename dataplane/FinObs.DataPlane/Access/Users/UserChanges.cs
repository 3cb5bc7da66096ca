using System.Data.Common;
using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Access.Users;

/// <summary>What becomes of a change of somebody's access.</summary>
internal abstract record UserOutcome
{
    /// <summary>Done, or as it was already.</summary>
    internal sealed record Done(UserRow User) : UserOutcome;

    /// <summary>People must agree first; they are asked under this id.</summary>
    internal sealed record Asked(Guid Request) : UserOutcome;

    internal sealed record NotFound : UserOutcome;

    /// <summary>Nobody changes their own access.</summary>
    internal sealed record Own : UserOutcome;

    /// <summary>Then nobody could give it back.</summary>
    internal sealed record LastAdmin : UserOutcome;

    /// <summary>Somebody else was faster.</summary>
    internal sealed record Raced : UserOutcome;
}

/// <summary>Roles that are assigned here, and being active: each change with its row and its leaf.</summary>
internal sealed class UserChanges(AuditedCommit commit, UserDirectory users, IEnumerable<IApprovalGate> gates)
{
    /// <summary>The advisory lock's number on PostgreSQL: two admins who take each other's role away do it one after the other. SQLite has one writer.</summary>
    private const string OneAtATime = "SELECT pg_advisory_xact_lock(20260031)";

    private const string Update = "UPDATE users SET roles = @roles, is_active = @active, version = version + 1 WHERE id = @id AND version = @seen";

    private const string Admins = "SELECT COUNT(*) FROM users WHERE is_active AND (',' || roles || ',' LIKE '%,admin,%' OR ',' || issuer_roles || ',' LIKE '%,admin,%')";

    public async Task<UserOutcome> AssignAsync(Guid id, IReadOnlyList<string> roles, string actor, string? reason, CancellationToken cancellationToken)
    {
        if (await users.FindAsync(id, cancellationToken) is not { } user) return new UserOutcome.NotFound();
        if (user.Actor == actor) return new UserOutcome.Own();
        string wanted = RoleList.Of(roles);
        if (wanted == user.Roles) return new UserOutcome.Done(user);
        bool makesAdmin = roles.Contains(Roles.Admin) && !RoleList.Parse(user.Roles).Contains(Roles.Admin);

        // Nobody could agree to the first one.
        if (makesAdmin && gates.FirstOrDefault() is { } gate && gate.IsRequired(AdminGrant.Name) && await users.HasAdminAsync(cancellationToken))
        {
            return new UserOutcome.Asked(await gate.RequestAsync(AdminGrant.Ask(user, wanted, actor, reason), cancellationToken));
        }

        return await WriteAsync(user, user with { Roles = wanted }, UserActs.RolesChanged, actor, reason, cancellationToken);
    }

    public async Task<UserOutcome> SetActiveAsync(Guid id, bool isActive, string actor, string? reason, CancellationToken cancellationToken)
    {
        if (await users.FindAsync(id, cancellationToken) is not { } user) return new UserOutcome.NotFound();
        if (user.Actor == actor) return new UserOutcome.Own();
        return user.IsActive == isActive
            ? new UserOutcome.Done(user)
            : await WriteAsync(user, user with { IsActive = isActive }, isActive ? UserActs.Activated : UserActs.Deactivated, actor, reason, cancellationToken);
    }

    /// <summary>The change as its row and leaf say it.</summary>
    public static UserChangeRow Change(UserRow before, UserRow after, string act, string actor, string? reason, DateTimeOffset at) => new()
    {
        Id = Guid.CreateVersion7(at),
        UserId = before.Id,
        Act = act,
        RolesBefore = before.Roles,
        Roles = after.Roles,
        IsActive = after.IsActive,
        Actor = actor,
        Reason = reason,
        At = at,
        LeafId = Guid.Empty,
    };

    /// <summary>Null where it is done; otherwise why nothing may be committed.</summary>
    public static async Task<UserOutcome?> WriteAsync(IWriteSession session, UserRow before, UserRow after, UserChangeRow change, CancellationToken cancellationToken)
    {
        if (session.Kind == DatabaseKind.PostgreSql)
        {
            await using DbCommand turn = session.CreateCommand(OneAtATime);
            await turn.ExecuteNonQueryAsync(cancellationToken);
        }

        await using DbCommand update = session.CreateCommand(Update);
        update.With(session.Kind, "roles", after.Roles).With(session.Kind, "active", after.IsActive).With(session.Kind, "id", before.Id).With(session.Kind, "seen", before.Version);
        if (await update.ExecuteNonQueryAsync(cancellationToken) != 1) return new UserOutcome.Raced();
        if (IsAdmin(before) && !IsAdmin(after))
        {
            await using DbCommand count = session.CreateCommand(Admins);
            if (Convert.ToInt64(await count.ExecuteScalarAsync(cancellationToken), null) == 0) return new UserOutcome.LastAdmin();
        }

        await session.InsertAsync(UserChangeRow.Table, [change], cancellationToken);
        return null;
    }

    private static bool IsAdmin(UserRow user) => user.IsActive && user.AllRoles.Contains(Roles.Admin);

    private async Task<UserOutcome> WriteAsync(UserRow before, UserRow after, string act, string actor, string? reason, CancellationToken cancellationToken)
    {
        UserChangeRow change = Change(before, after, act, actor, reason, commit.Now());
        UserOutcome? problem = null;
        await commit.WriteAsync(
            UserActs.Of(change),
            async (session, leaf, cancel) => (problem = await WriteAsync(session, before, after, change with { LeafId = leaf }, cancel)) is null,
            cancellationToken);
        return problem ?? new UserOutcome.Done(after with { Version = before.Version + 1 });
    }
}
