using System.Text.Json;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Callbacks.Messages;

/// <summary>Events whose subject is one row: what a message tells stands in it, and never changes there, so that the same event gives the same body whenever it is asked for.</summary>
internal abstract class RowSource<TRow>(IDatabase database, string topic) : ICallbackSource
    where TRow : class
{
    /// <summary>Bound on the parameters of one query.</summary>
    private const int IdsPerQuery = 500;

    public string Topic => topic;

    public async Task<List<CallbackCandidate>> CandidatesAsync(IReadOnlyList<StreamEvent> events, CancellationToken cancellationToken)
    {
        Dictionary<Guid, TRow> rows = await RowsAsync(events.Select(item => item.SubjectId).OfType<Guid>(), cancellationToken);
        return [.. events.Where(item => item.SubjectId is { } id && rows.ContainsKey(id)).Select(item => CandidateOf(item, rows[item.SubjectId!.Value]))];
    }

    public async Task<Dictionary<Guid, byte[]>> BodiesAsync(IReadOnlyList<CallbackEvent> events, CallbackPayload payload, CancellationToken cancellationToken)
    {
        Dictionary<Guid, TRow> rows = await RowsAsync(events.Select(item => item.Subject), cancellationToken);
        return events.Where(item => rows.ContainsKey(item.Subject)).DistinctBy(item => item.Subject)
            .ToDictionary(item => item.Subject, item => MessageBody.Write(item, writer =>
            {
                writer.WriteStartObject();
                Write(writer, rows[item.Subject], payload);
                writer.WriteEndObject();
            }));
    }

    /// <summary>The rows of at most <see cref="IdsPerQuery"/> subjects.</summary>
    protected abstract Task<List<TRow>> ReadAsync(FinObsDbContext db, Guid[] ids, CancellationToken cancellationToken);

    protected abstract Guid IdOf(TRow row);

    /// <summary>What can be filtered by, and what a target may call it.</summary>
    protected virtual CallbackCandidate CandidateOf(StreamEvent item, TRow row) => new(item, [topic]);

    /// <summary>The members of <c>data</c>.</summary>
    protected abstract void Write(Utf8JsonWriter writer, TRow row, CallbackPayload payload);

    private async Task<Dictionary<Guid, TRow>> RowsAsync(IEnumerable<Guid> ids, CancellationToken cancellationToken)
    {
        Dictionary<Guid, TRow> rows = [];
        await using FinObsDbContext db = database.CreateContext();
        foreach (Guid[] part in ids.Distinct().Chunk(IdsPerQuery))
        {
            foreach (TRow row in await ReadAsync(db, part, cancellationToken))
            {
                rows[IdOf(row)] = row;
            }
        }

        return rows;
    }
}
