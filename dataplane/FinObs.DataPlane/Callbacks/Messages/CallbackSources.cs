using System.Collections.Frozen;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Outbox;

namespace FinObs.DataPlane.Callbacks.Messages;

/// <summary>The sources by topic.</summary>
internal sealed class CallbackSources(IEnumerable<ICallbackSource> sources)
{
    private readonly FrozenDictionary<string, ICallbackSource> _sources = sources.ToFrozenDictionary(source => source.Topic, StringComparer.Ordinal);

    /// <summary>Events as candidates, in the order of their ids; topics that nobody is told of are left out.</summary>
    public async Task<List<CallbackCandidate>> CandidatesAsync(IReadOnlyList<StreamEvent> events, CancellationToken cancellationToken)
    {
        List<CallbackCandidate> candidates = new(events.Count);
        foreach (IGrouping<string, StreamEvent> group in events.GroupBy(item => item.Topic, StringComparer.Ordinal))
        {
            if (_sources.TryGetValue(group.Key, out ICallbackSource? source))
            {
                candidates.AddRange(await source.CandidatesAsync([.. group], cancellationToken));
            }
        }

        candidates.Sort(static (a, b) => a.Event.EventId.CompareTo(b.Event.EventId));
        return candidates;
    }

    /// <summary>The bodies of messages by their ids; those that nothing is left of are left out.</summary>
    public async Task<Dictionary<Guid, byte[]>> BodiesAsync(IReadOnlyList<CallbackDeliveryRow> rows, CallbackPayload payload, CancellationToken cancellationToken)
    {
        Dictionary<Guid, byte[]> bodies = new(rows.Count);
        foreach (IGrouping<string, CallbackDeliveryRow> group in rows.GroupBy(row => row.Topic, StringComparer.Ordinal))
        {
            if (!_sources.TryGetValue(group.Key, out ICallbackSource? source))
            {
                continue;
            }

            // By type: two messages about one subject may have two names for it.
            foreach (IGrouping<string, CallbackDeliveryRow> alike in group.GroupBy(row => row.Type, StringComparer.Ordinal))
            {
                CallbackEvent[] events = [.. alike.Select(row => new CallbackEvent(row.Type, row.EventAt, row.SubjectId ?? Guid.Empty))];
                Dictionary<Guid, byte[]> made = await source.BodiesAsync(events, payload, cancellationToken);
                foreach (CallbackDeliveryRow row in alike)
                {
                    if (made.TryGetValue(row.SubjectId ?? Guid.Empty, out byte[]? body))
                    {
                        bodies[row.Id] = body;
                    }
                }
            }
        }

        return bodies;
    }
}
