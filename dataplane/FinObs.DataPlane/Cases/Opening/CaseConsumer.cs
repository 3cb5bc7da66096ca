using System.Collections.Frozen;
using FinObs.DataPlane.Cases.Compliance;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Cases.Opening;

/// <summary>
/// Turns events into cases: exactly once, because cases and cursor are one commit, and the cursor moves only from where it was read. Where nothing was flagged only the cursor moves. It reads on its own,
/// behind the pipeline, a thousand events a commit: no transaction waits for it.
/// </summary>
internal sealed class CaseConsumer(IDatabase database, EventLog log, IEnumerable<ICaseSource> sources, IEnumerable<IComplianceSource> entries, CaseOpener opener, IOptions<CaseOptions> options) : IEventReader
{
    private readonly EventCursor _cursor = new(database, EventReaders.Cases, lockNumber: 20260011);
    private readonly FrozenDictionary<string, ICaseSource> _sources = sources.ToFrozenDictionary(source => source.Topic, StringComparer.Ordinal);
    private readonly FrozenDictionary<string, IComplianceSource> _entries = entries.ToFrozenDictionary(source => source.Topic, StringComparer.Ordinal);

    public async Task<long?> LastReadAsync(string @namespace, CancellationToken cancellationToken)
    {
        // Turned off, it reads nothing, and nothing is kept for it.
        return options.Value.FromEvents ? await _cursor.LastReadAsync(@namespace, cancellationToken) : null;
    }

    /// <summary>One page of each namespace; returns how many events were looked at, or null where another replica is at it.</summary>
    public async Task<int?> RunAsync(CancellationToken cancellationToken)
    {
        int seen = 0;
        foreach (UnreadEvents unread in await _cursor.BehindAsync(cancellationToken))
        {
            await using EventTurn? turn = await _cursor.TakeTurnAsync(cancellationToken);
            if (turn is null || await RunAsync(unread.Namespace, unread.From, unread.Last, cancellationToken) is not { } events)
            {
                return null;
            }

            seen += events;
        }

        return seen;
    }

    private async Task<int?> RunAsync(string @namespace, long from, long last, CancellationToken cancellationToken)
    {
        List<StreamEvent> events = await log.ReadAsync(@namespace, from, EventLog.MaxPage, cancellationToken);
        List<NewCase> wanted = [];
        List<ComplianceEntryRow> noted = [];
        foreach (IGrouping<string, StreamEvent> group in events.GroupBy(item => item.Topic, StringComparer.Ordinal))
        {
            if (_sources.TryGetValue(group.Key, out ICaseSource? source))
            {
                wanted.AddRange(await source.CasesAsync([.. group], cancellationToken));
            }

            if (_entries.TryGetValue(group.Key, out IComplianceSource? entry))
            {
                noted.AddRange(await entry.EntriesAsync([.. group], cancellationToken));
            }
        }

        // Pruned events leave a gap that is passed over.
        long to = events.Count == 0 ? last : events[^1].EventId;
        IReadOnlyList<Guid>? written = await opener.TryOpenAsync(wanted, noted, (session, cancel) => _cursor.MoveAsync(session, @namespace, from, to, cancel), cancellationToken);
        return written is null ? null : Math.Max(events.Count, 1);
    }
}
