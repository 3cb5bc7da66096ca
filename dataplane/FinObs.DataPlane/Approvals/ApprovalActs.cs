using System.Text;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Approvals;

/// <summary>The acts of a request, each about it; the first is about what the request concerns. All of them say whether it is a simulation.</summary>
internal static class ApprovalActs
{
    public const string Requested = "approval.requested";
    public const string Voted = "approval.voted";
    public const string Decided = "approval.decided";
    public const string Escalated = "approval.escalated";
    public const string Executed = "approval.executed";
    public const string Failed = "approval.failed";

    /// <summary>Who acts where no person does.</summary>
    public const string Worker = "system:approvals";

    public static AuditAct Request(ApprovalRequestRow row) => Act(row, Requested, row.RequestedBy, row.CreatedAt, RequestPayload(row)) with
    {
        About = row.About ?? row.Id,
        Topic = Requested,
        Traceparent = row.Traceparent,
    };

    public static AuditAct Vote(ApprovalRequestRow row, ApprovalVoteRow vote) => Act(row, Voted, vote.Actor, vote.At, VotePayload(vote)) with { Ref = vote.Id };

    /// <summary>The people's part is over.</summary>
    public static AuditAct Decision(ApprovalRequestRow row, string actor) => Act(row, Decided, actor, row.DecidedAt!.Value, DecisionPayload(row)) with { Topic = Decided };

    /// <summary>An overdue request, an execution, or why there is none.</summary>
    public static AuditAct Event(ApprovalRequestRow row, string kind, DateTimeOffset at) => Act(row, kind, Worker, at, CanonicalObject.Of(
        [("at", at), ("attempts", row.Attempts), ("escalate_to", row.EscalateTo), ("outcome", row.Outcome), ("status", row.Status), .. What(row)]));

    public static byte[] RequestPayload(ApprovalRequestRow row) => CanonicalObject.Of(
        [("about", row.About), ("at", row.CreatedAt), ("chain", row.Chain), ("escalate_at", row.EscalateAt), ("evidence", row.Evidence is null ? null : Encoding.UTF8.GetString(row.Evidence)),
        ("excluded", NameList.Read(row.Excluded)), ("expires", row.ExpiresAt), ("model_digest", row.ModelDigest), ("payload", Encoding.UTF8.GetString(row.Payload)), ("reason", row.Reason),
        ("requested_by", row.RequestedBy), ("summary", row.Summary), .. What(row)]);

    public static byte[] VotePayload(ApprovalVoteRow vote) => CanonicalObject.Of(
        ("actor", vote.Actor), ("approves", vote.Approves), ("at", vote.At), ("bound_hash", vote.BoundHash), ("development", vote.Development), ("namespace", vote.Namespace),
        ("reason", vote.Reason), ("request", vote.RequestId), ("role", vote.Role), ("simulation", vote.Simulation), ("step", vote.Step), ("v", 1));

    public static byte[] DecisionPayload(ApprovalRequestRow row) => CanonicalObject.Of([("at", row.DecidedAt), ("status", row.Verdict), .. What(row)]);

    private static (string, object?)[] What(ApprovalRequestRow row) =>
    [
        ("action", row.Action), ("bound_hash", row.BoundHash), ("development", row.Development), ("namespace", row.Namespace), ("request", row.Id), ("simulation", row.Simulation),
        ("target", row.Target), ("v", 1),
    ];

    private static AuditAct Act(ApprovalRequestRow row, string kind, string actor, DateTimeOffset at, byte[] payload) => new()
    {
        Namespace = row.Namespace,
        Kind = kind,
        At = at,
        Actor = actor,
        Ref = row.Id,
        About = row.Id,
        Payload = payload,
    };
}

/// <summary>The payloads that live rows can still show: what was asked, what each said, how it ended.</summary>
internal sealed class ApprovalProjection(IDatabase database, string kind, Func<ApprovalRequestRow, byte[]> payload) : IAuditProjection
{
    public string Kind => kind;

    public async Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken)
    {
        Guid[] wanted = [.. refs];
        await using FinObsDbContext db = database.CreateContext();
        List<ApprovalRequestRow> rows = await db.ApprovalRequests.Where(row => EF.Parameter(wanted).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        return rows.ToDictionary(row => row.Id, payload);
    }
}

internal sealed class ApprovalVoteProjection(IDatabase database) : IAuditProjection
{
    public string Kind => ApprovalActs.Voted;

    public async Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken)
    {
        Guid[] wanted = [.. refs];
        await using FinObsDbContext db = database.CreateContext();
        List<ApprovalVoteRow> rows = await db.ApprovalVotes.Where(row => EF.Parameter(wanted).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        return rows.ToDictionary(row => row.Id, ApprovalActs.VotePayload);
    }
}
