using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Callbacks.Messages;

/// <summary>What was done to a target, for another one to be told of: a target that was disabled cannot say so itself.</summary>
internal sealed class ActSource(IDatabase database, string act) : ICallbackSource
{
    private const int IdsPerQuery = 500;

    public string Topic => act;

    public Task<List<CallbackCandidate>> CandidatesAsync(IReadOnlyList<StreamEvent> events, CancellationToken cancellationToken) =>
        Task.FromResult(events.Select(item => new CallbackCandidate(item, [act])).ToList());

    public async Task<Dictionary<Guid, byte[]>> BodiesAsync(IReadOnlyList<CallbackEvent> events, CallbackPayload payload, CancellationToken cancellationToken)
    {
        Dictionary<Guid, CallbackActRow> rows = [];
        await using FinObsDbContext db = database.CreateContext();
        foreach (Guid[] part in events.Select(item => item.Subject).Distinct().Chunk(IdsPerQuery))
        {
            foreach (CallbackActRow row in await db.CallbackActs.Where(row => part.Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken))
            {
                rows[row.Id] = row;
            }
        }

        return events.Where(item => rows.ContainsKey(item.Subject)).DistinctBy(item => item.Subject).ToDictionary(item => item.Subject, item => Body(item, rows[item.Subject], payload));
    }

    private static byte[] Body(CallbackEvent about, CallbackActRow row, CallbackPayload payload) => MessageBody.Write(about, writer =>
    {
        writer.WriteStartObject();
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

        writer.WriteEndObject();
    });
}
