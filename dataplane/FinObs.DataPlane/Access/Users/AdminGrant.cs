using System.Text.Json;
using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Outbox;

namespace FinObs.DataPlane.Access.Users;

/// <summary>Making somebody an admin, once people have agreed to it.</summary>
internal sealed class AdminGrant(UserDirectory users, AuditedCommit commit, AuditComposer audit) : IApprovedAction
{
    public const string Name = "user.role.admin";

    public string Action => Name;

    /// <summary>Exactly these roles, in place of exactly those that were seen.</summary>
    public static ApprovalAsk Ask(UserRow user, string roles, string actor, string? reason)
    {
        CanonicalJsonWriter writer = new();
        writer.BeginObject();
        writer.Property("roles"u8, roles);
        writer.Property("roles_before"u8, user.Roles);
        writer.Property("user"u8, user.Id);
        writer.Property("v"u8, 1);
        writer.EndObject();
        return new ApprovalAsk
        {
            Namespace = UserActs.Namespace,
            Action = Name,
            Target = user.Id.ToString("D"),
            Summary = $"Give {user.Actor} the role admin: all permissions but those on suspicious activity reports.",
            Payload = writer.Written.ToArray(),
            RequestedBy = actor,
            Reason = reason ?? "none given",
            Excluded = [user.Actor],
            About = user.Id,
        };
    }

    public async Task<ApprovedOutcome> PrepareAsync(ApprovedRequest request, CancellationToken cancellationToken)
    {
        using JsonDocument payload = JsonDocument.Parse(request.Payload);
        JsonElement asked = payload.RootElement;
        if (await users.FindAsync(asked.GetProperty("user").GetGuid(), cancellationToken) is not { } user) return new ApprovedOutcome.Impossible("There is no such user any more.");
        if (!user.IsActive) return new ApprovedOutcome.Impossible("The user has been deactivated since.");
        if (user.Roles != asked.GetProperty("roles_before").GetString()) return new ApprovedOutcome.Impossible("The user's roles have changed since: ask again.");

        UserRow after = user with { Roles = asked.GetProperty("roles").GetString()! };
        UserChangeRow change = UserChanges.Change(user, after, UserActs.RolesChanged, request.RequestedBy, $"approved: {request.Id:D}", commit.Now());
        AuditAct act = UserActs.Of(change);
        using AuditBatch batch = await audit.PrepareAsync(act.Namespace, [act.Subject], cancellationToken);
        ComposedLeaf leaf = batch.Compose(act);
        return new ApprovedOutcome.Ready(async (session, cancel) =>
        {
            if (await UserChanges.WriteAsync(session, user, after, change with { LeafId = leaf.LeafId }, cancel) is not null) return false;
            await session.InsertAsync([AuditLeaf.Table.Rows([leaf.Leaf]), OutboxBlock.Rows([leaf.Outbox])], cancel);
            return true;
        });
    }
}
