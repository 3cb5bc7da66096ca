using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Pii;
using FinObs.DataPlane.Streaming;

namespace FinObs.DataPlane.Dashboard.Live;

/// <summary>
/// Reads on in one namespace's durable log for all who watch it here, and makes a snapshot at most once a second: whether one looks or a hundred, the log is read once, and a thousand decisions a second
/// are one message to a browser.
/// </summary>
internal sealed partial class PulseLine(string @namespace, DecisionLog log, DecisionTails tails, StoredTransactions stored, PiiGuard guard, TimeProvider time, Action<PulseSnapshot> publish, ILogger logger)
{
    private const int PageSize = 1_000;

    /// <summary>The busiest second that is followed one by one; what is beyond is counted.</summary>
    private const int MostPages = 20;

    private const int MostShown = 60;

    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private readonly int[] _decided = new int[PulseSnapshot.Seconds];
    private readonly int[] _flagged = new int[PulseSnapshot.Seconds];
    private readonly LinkedList<LiveDecision> _newest = [];
    private long _second;
    private long _last;
    private long _total;
    private long _totalFlagged;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using DecisionTails.Reader reader = tails.Join(@namespace);
        using PeriodicTimer beat = new(Beat, time);
        _second = time.GetUtcNow().ToUnixTimeSeconds();
        bool begun = false;
        do
        {
            try
            {
                if (!begun)
                {
                    await BeginAsync(cancellationToken);
                    begun = true;
                }

                await ReadOnAsync(reader.Tail, cancellationToken);
                publish(Snapshot());
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                NotRead(logger, @namespace, exception);
            }
        }
        while (await beat.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>Shows the newest there are; counted is what comes from now on.</summary>
    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        EventBounds bounds = await log.BoundsAsync(@namespace, cancellationToken);
        DecisionPage newest = await log.ReadAsync(@namespace, Math.Max(bounds.First - 1, bounds.Last - MostShown), MostShown, cancellationToken);
        await ShowAsync(newest.Decisions, cancellationToken);
        _last = Math.Max(bounds.Last, newest.Last);
    }

    private async Task ReadOnAsync(DecisionTail tail, CancellationToken cancellationToken)
    {
        List<StreamedDecision> seen = [];
        for (int page = 0; page < MostPages; page++)
        {
            List<StreamedDecision> decisions = [];
            if (!tail.TryRead(_last, PageSize, decisions, out long last))
            {
                // Further back than what is kept in memory: the log itself has it.
                DecisionPage older = await log.ReadAsync(@namespace, _last, PageSize, cancellationToken);
                (decisions, last) = ([.. older.Decisions], older.Last);
            }

            seen.AddRange(decisions);
            if (last == _last || decisions.Count < PageSize)
            {
                _last = last;
                break;
            }

            _last = last;
        }

        Count(seen);
        await ShowAsync(seen, cancellationToken);
    }

    private void Count(List<StreamedDecision> seen)
    {
        long now = time.GetUtcNow().ToUnixTimeSeconds();
        for (long second = Math.Max(_second + 1, now - PulseSnapshot.Seconds + 1); second <= now; second++)
        {
            (_decided[second % PulseSnapshot.Seconds], _flagged[second % PulseSnapshot.Seconds]) = (0, 0);
        }

        _second = Math.Max(_second, now);
        int flagged = seen.Count(item => item.Decision != Decision.Approve);
        _decided[_second % PulseSnapshot.Seconds] += seen.Count;
        _flagged[_second % PulseSnapshot.Seconds] += flagged;
        (_total, _totalFlagged) = (_total + seen.Count, _totalFlagged + flagged);
    }

    /// <summary>The flagged ones go before the others where there are more than are shown.</summary>
    private async Task ShowAsync(IReadOnlyList<StreamedDecision> seen, CancellationToken cancellationToken)
    {
        StreamedDecision[] shown =
        [
            .. seen.OrderBy(item => item.Decision == Decision.Approve).ThenByDescending(item => item.EventId).Take(MostShown).OrderBy(item => item.EventId),
        ];
        if (shown.Length == 0)
        {
            return;
        }

        Dictionary<Guid, StoredTransaction> rows = (await stored.FindAsync([.. shown.Select(item => item.Id)], cancellationToken)).ToDictionary(row => row.Transaction.Id);
        foreach (StreamedDecision item in shown)
        {
            if (rows.TryGetValue(item.Id, out StoredTransaction? row))
            {
                IReadOnlyList<DecisionReason> reasons = ReasonsJson.Read(row.Decision.Reasons);
                _newest.AddFirst(new LiveDecision(
                    item.Id, row.Decision.Decision, row.Decision.Score, row.Transaction.Amount, row.Transaction.Currency, row.Transaction.Type, row.Decision.DecidedAt,
                    reasons.Count == 0 ? null : guard.Clean(reasons[0].Text)));
            }
        }

        while (_newest.Count > MostShown)
        {
            _newest.RemoveLast();
        }
    }

    private PulseSnapshot Snapshot()
    {
        int[] InOrder(int[] ring) => [.. Enumerable.Range(1, PulseSnapshot.Seconds).Select(i => ring[(_second + i) % PulseSnapshot.Seconds])];
        return new PulseSnapshot(time.GetUtcNow(), InOrder(_decided), InOrder(_flagged), _total, _totalFlagged, [.. _newest]);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The pages that watch namespace {Namespace} are not told what happens; it is tried again in a second.")]
    private static partial void NotRead(ILogger logger, string @namespace, Exception exception);
}
