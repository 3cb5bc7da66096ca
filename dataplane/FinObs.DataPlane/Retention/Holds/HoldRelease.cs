using System.Data.Common;
using System.Text.Json;
using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Retention.Holds;

/// <summary>What came of a wish to release a hold.</summary>
internal abstract record ReleaseOutcome
{
    internal sealed record Released(DateTimeOffset At) : ReleaseOutcome;

    /// <summary>People are asked first.</summary>
    internal sealed record Asked(Guid RequestId) : ReleaseOutcome;

    internal sealed record Unknown : ReleaseOutcome;

    internal sealed record AlreadyReleased : ReleaseOutcome;
}

/// <summary>Releases holds: at once, or once people have agreed where <c>retention.hold.release</c> must be approved.</summary>
internal sealed class HoldRelease(IDatabase database, LegalHolds holds, AuditComposer composer, AuditedCommit commit, OutboxSignal signal, IServiceProvider services) : IApprovedAction
{
    public const string ActionName = "retention.hold.release";

    public string Action => ActionName;

    public async Task<ReleaseOutcome> ReleaseAsync(string @namespace, Guid id, string by, string reason, CancellationToken cancellationToken)
    {
        if (await holds.FindAsync(@namespace, id, cancellationToken) is not { } hold)
        {
            return new ReleaseOutcome.Unknown();
        }

        if (hold.ReleasedAt is not null)
        {
            return new ReleaseOutcome.AlreadyReleased();
        }

        if (services.GetService<IApprovalGate>() is { } gate && gate.IsRequired(ActionName))
        {
            return new ReleaseOutcome.Asked(await gate.RequestAsync(Ask(hold, by, reason), cancellationToken));
        }

        DateTimeOffset at = commit.Now();
        ComposedLeaf leaf = await ComposeAsync(hold, at, by, reason, cancellationToken);
        await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        if (!await WriteAsync(session, hold, leaf, at, by, reason, cancellationToken))
        {
            return new ReleaseOutcome.AlreadyReleased();
        }

        await session.CommitAsync(cancellationToken);
        signal.Raise();
        return new ReleaseOutcome.Released(at);
    }

    public async Task<ApprovedOutcome> PrepareAsync(ApprovedRequest request, CancellationToken cancellationToken)
    {
        using JsonDocument payload = JsonDocument.Parse(request.Payload);
        Guid id = payload.RootElement.GetProperty("hold").GetGuid();
        string reason = payload.RootElement.GetProperty("reason").GetString()!;
        if (await holds.FindAsync(request.Namespace, id, cancellationToken) is not { ReleasedAt: null } hold)
        {
            return new ApprovedOutcome.Impossible("The hold is released already, or there is none of this id.");
        }

        DateTimeOffset at = commit.Now();
        ComposedLeaf leaf = await ComposeAsync(hold, at, request.RequestedBy, reason, cancellationToken);
        return new ApprovedOutcome.Ready((session, cancel) => WriteAsync(session, hold, leaf, at, request.RequestedBy, reason, cancel), signal.Raise);
    }

    private static ApprovalAsk Ask(LegalHoldRow hold, string by, string reason)
    {
        CanonicalJsonWriter json = new();
        json.BeginObject();
        json.Property("hold"u8, hold.Id);
        json.Property("reason"u8, reason);
        json.Property("v"u8, 1);
        json.EndObject();
        return new ApprovalAsk
        {
            Namespace = hold.Namespace,
            Action = ActionName,
            Target = hold.Id.ToString(),
            Summary = $"Release the legal hold '{hold.Name}', placed on {hold.PlacedAt.UtcDateTime:yyyy-MM-dd}.",
            Payload = json.Written.ToArray(),
            RequestedBy = by,
            Reason = reason,
            About = hold.Id,
        };
    }

    private async Task<ComposedLeaf> ComposeAsync(LegalHoldRow hold, DateTimeOffset at, string by, string reason, CancellationToken cancellationToken)
    {
        using AuditBatch batch = await composer.PrepareAsync(hold.Namespace, [null], cancellationToken);
        return batch.Compose(new AuditAct
        {
            Namespace = hold.Namespace,
            Kind = HoldActs.Released,
            At = at,
            Actor = by,
            Ref = hold.Id,
            About = hold.Id,
            Tags = HoldActs.Tags,
            Payload = HoldActs.ReleasedPayload(hold.Id, at, by, reason),
        });
    }

    private static async Task<bool> WriteAsync(
        IWriteSession session, LegalHoldRow hold, ComposedLeaf leaf, DateTimeOffset at, string by, string reason, CancellationToken cancellationToken)
    {
        await using DbCommand release = session.CreateCommand(
            "UPDATE legal_holds SET released_by = @by, released_at = @at, release_reason = @reason WHERE id = @id AND released_at IS NULL");
        release.With(session.Kind, "by", by).With(session.Kind, "at", at).With(session.Kind, "reason", reason).With(session.Kind, "id", hold.Id);
        if (await release.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return false;
        }

        await session.InsertAsync([AuditLeaf.Table.Rows([leaf.Leaf]), OutboxBlock.Rows([leaf.Outbox])], cancellationToken);
        return true;
    }
}
