using System.Text.Json;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Callbacks.Messages;

/// <summary>What was done to a target, for another one to be told of: a target that was disabled cannot say so itself.</summary>
internal sealed class ActSource(IDatabase database, string act) : RowSource<CallbackActRow>(database, act)
{
    protected override Task<List<CallbackActRow>> ReadAsync(FinObsDbContext db, Guid[] ids, CancellationToken cancellationToken) =>
        db.CallbackActs.Where(row => EF.Parameter(ids).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);

    protected override Guid IdOf(CallbackActRow row) => row.Id;

    protected override void Write(Utf8JsonWriter writer, CallbackActRow row, CallbackPayload payload)
    {
        writer.WriteString("id"u8, row.Id);
        writer.WriteString("namespace"u8, row.Namespace);
        writer.WriteString("target"u8, row.Target);
        if (payload != CallbackPayload.Thin)
        {
            writer.WriteString("reason"u8, row.Reason);
            writer.WriteNumber("messages"u8, row.Messages);
        }

        // Who did it may be a person.
        if (payload == CallbackPayload.Full)
        {
            writer.WriteString("actor"u8, row.Actor);
        }
    }
}
