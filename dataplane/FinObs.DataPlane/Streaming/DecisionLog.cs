using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Pii;
using FinObs.DataPlane.Pii.Paths;

namespace FinObs.DataPlane.Streaming;

/// <summary>A part of the log.</summary>
/// <param name="Decisions">In order of their ids.</param>
/// <param name="Last">The last id that was looked at; other events than decisions have ids too.</param>
internal sealed record DecisionPage(IReadOnlyList<StreamedDecision> Decisions, long Last);

/// <summary>Decisions in the order of their event ids, from the durable log of events.</summary>
internal sealed class DecisionLog(EventLog log, StoredTransactions stored, PiiGuard guard)
{
    public Task<EventBounds> BoundsAsync(string @namespace, CancellationToken cancellationToken) => log.BoundsAsync(@namespace, cancellationToken);

    /// <summary>What follows <paramref name="after"/>, at most <paramref name="limit"/> events; an empty page whose last id is <paramref name="after"/> where there is nothing yet.</summary>
    public async Task<DecisionPage> ReadAsync(string @namespace, long after, int limit, CancellationToken cancellationToken)
    {
        List<StreamEvent> events = await log.ReadAsync(@namespace, after, limit, cancellationToken);
        Guid[] subjects = [.. events.Where(item => item.Topic == DecisionPayload.Kind).Select(item => item.SubjectId).OfType<Guid>()];
        if (subjects.Length == 0)
        {
            return new DecisionPage([], events.Count == 0 ? after : events[^1].EventId);
        }

        Dictionary<Guid, StoredTransaction> found = (await stored.FindAsync(subjects, cancellationToken)).ToDictionary(one => one.Transaction.Id);
        List<StreamedDecision> decisions = new(subjects.Length);
        foreach (StreamEvent item in events)
        {
            if (item.SubjectId is { } subject && found.TryGetValue(subject, out StoredTransaction? decided))
            {
                decisions.Add(StreamedDecision.Of(item.EventId, guard.CleanResult(await stored.ResultAsync(decided, cancellationToken)), decided.Transaction.AccountId));
            }
        }

        return new DecisionPage(decisions, events[^1].EventId);
    }
}
