using System.Text.Json;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Approvals;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Pii;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Callbacks.Messages;

/// <summary>People are asked, or have decided. What exactly is asked, and why, is for those who may read it: no payload has the summary, the payload, the evidence or the reason.</summary>
internal sealed class ApprovalSource(IDatabase database, PiiGuard pii, string kind) : RowSource<ApprovalRequestRow>(database, kind)
{
    public static readonly string[] Told = [ApprovalActs.Requested, ApprovalActs.Decided];

    protected override Task<List<ApprovalRequestRow>> ReadAsync(FinObsDbContext db, Guid[] ids, CancellationToken cancellationToken) =>
        db.ApprovalRequests.Where(row => EF.Parameter(ids).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);

    protected override Guid IdOf(ApprovalRequestRow row) => row.Id;

    protected override void Write(Utf8JsonWriter writer, ApprovalRequestRow row, CallbackPayload payload)
    {
        writer.WriteString("id"u8, row.Id);
        writer.WriteString("namespace"u8, row.Namespace);
        if (payload == CallbackPayload.Thin)
        {
            return;
        }

        writer.WriteString("action"u8, row.Action);
        writer.WriteString("bound_hash"u8, row.BoundHash);
        writer.WriteString("created_at"u8, row.CreatedAt.UtcDateTime);
        writer.WriteString("expires_at"u8, row.ExpiresAt.UtcDateTime);
        writer.WriteBoolean("simulation"u8, row.Simulation);
        if (Topic == ApprovalActs.Decided && row.Verdict is { } verdict)
        {
            writer.WriteString("verdict"u8, verdict.ToString());
            writer.WriteString("decided_at"u8, row.DecidedAt!.Value.UtcDateTime);
        }

        // Whom it concerns and who asked may be persons.
        if (payload == CallbackPayload.Full)
        {
            writer.WriteString("target"u8, pii.Clean(row.Target));
            writer.WriteString("requested_by"u8, pii.Clean(row.RequestedBy));
        }
    }
}
