using System.Text.Json;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Decisions.Overrides;
using FinObs.DataPlane.Pii;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Callbacks.Messages;

/// <summary>A person decided otherwise than the model. The note is for those who may read it.</summary>
internal sealed class OverrideSource(IDatabase database, PiiGuard pii) : RowSource<OverrideRow>(database, OverrideRow.Kind)
{
    protected override Task<List<OverrideRow>> ReadAsync(FinObsDbContext db, Guid[] ids, CancellationToken cancellationToken) =>
        db.DecisionOverrides.Where(row => EF.Parameter(ids).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);

    protected override Guid IdOf(OverrideRow row) => row.Id;

    protected override void Write(Utf8JsonWriter writer, OverrideRow row, CallbackPayload payload)
    {
        writer.WriteString("id"u8, row.Id);
        writer.WriteString("namespace"u8, row.Namespace);
        writer.WriteString("decision_id"u8, row.DecisionId);
        if (payload == CallbackPayload.Thin)
        {
            return;
        }

        writer.WriteNumber("sequence"u8, row.Sequence);
        writer.WriteString("from"u8, row.From.OnTheWire());
        writer.WriteString("to"u8, row.To.OnTheWire());
        if (payload == CallbackPayload.Full)
        {
            writer.WriteString("by"u8, pii.Clean(row.By));
        }
    }
}
