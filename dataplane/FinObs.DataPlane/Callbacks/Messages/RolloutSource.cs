using System.Text.Json;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Pii;
using FinObs.DataPlane.Rollout.Steps;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Callbacks.Messages;

/// <summary>A model version took a step on its way to production, arrived, or was taken back. Why a person stopped it is for those who may read it.</summary>
internal sealed class RolloutSource(IDatabase database, PiiGuard pii) : RowSource<RolloutChangeRow>(database, RolloutChangeRow.Kind)
{
    public const string Promoted = "model.promoted";
    public const string RolledBack = "model.rolled_back";

    protected override Task<List<RolloutChangeRow>> ReadAsync(FinObsDbContext db, Guid[] ids, CancellationToken cancellationToken) =>
        db.RolloutChanges.Where(row => EF.Parameter(ids).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);

    protected override Guid IdOf(RolloutChangeRow row) => row.Id;

    protected override CallbackCandidate CandidateOf(StreamEvent item, RolloutChangeRow row) => new(item, row.Phase switch
    {
        RolloutPhase.Promoted => [Promoted, Topic],
        RolloutPhase.RolledBack => [RolledBack, Topic],
        _ => [Topic],
    })
    { Model = row.Model };

    protected override void Write(Utf8JsonWriter writer, RolloutChangeRow row, CallbackPayload payload)
    {
        writer.WriteString("id"u8, row.Id);
        writer.WriteString("namespace"u8, row.Namespace);
        writer.WriteString("model"u8, row.Model);
        writer.WriteString("model_version"u8, row.Version);
        if (payload == CallbackPayload.Thin)
        {
            return;
        }

        writer.WriteString("phase"u8, row.Phase.ToString());
        writer.WriteString("reason"u8, row.Reason);
        writer.WriteNumber("step"u8, row.Step);
        writer.WriteNumber("weight"u8, row.Weight);
        writer.WriteNumber("shadow_percent"u8, row.ShadowPercent);
        if (payload == CallbackPayload.Full)
        {
            writer.WriteString("actor"u8, pii.Clean(row.Actor));
        }
    }
}
