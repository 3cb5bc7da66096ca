using System.Collections.Concurrent;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Callbacks.Targets;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Resources;

namespace FinObs.DataPlane.Callbacks.Delivery;

/// <summary>
/// Serves one target as long as its lease is ours: reads what is due, sends as many at once and as fast as the target takes, and hands on what came of it. What is under way is kept in memory only: after
/// a crash it is due again, under the same id.
/// </summary>
internal sealed partial class TargetLine
{
    /// <summary>Results that wait for their commit: beyond it nothing more is sent.</summary>
    private const int MostUncommitted = 5000;
    private const int LeastRead = 64;
    private const int MostRead = 512;
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(2);

    /// <summary>What is under way when the line stops may come to its end.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly ResourceKey _key;
    private readonly LineServices _services;
    private readonly ILogger _logger;
    private readonly TargetProgress _progress;
    private readonly AttemptResults _results;
    private readonly TokenBucket _rate;
    private readonly RoomSignal _room = new();
    private readonly ConcurrentDictionary<Guid, bool> _held = [];
    private readonly Queue<(CallbackDeliveryRow Row, byte[] Body)> _ready = [];
    private int _sending;
    private bool _isDisabled;
    private DateTimeOffset? _nextDue;

    /// <summary>The earliest that was put off since the last look, in ticks: it is not in the answer of that look.</summary>
    private long _putOffUntil = long.MaxValue;
    private volatile bool _mayHaveMore = true;

    public TargetLine(ResourceKey key, LineServices services, ILogger logger)
    {
        (_key, _services, _logger) = (key, services, logger);
        _progress = new TargetProgress(key);
        _results = new AttemptResults(_progress, new Random(key.GetHashCode()), services.Time);
        _rate = new TokenBucket(services.Time);
    }

    /// <summary>How deliveries go, as it is to be written.</summary>
    public CallbackStateRow Progress => _progress.Row;

    /// <summary>These are written: they may be read again, or are gone.</summary>
    public void Committed(IReadOnlyList<DeliveryResult> results)
    {
        foreach (DeliveryResult result in results)
        {
            _held.TryRemove(result.Row.Id, out _);
            if (result.Later is { } later)
            {
                WakeBy(later.DueAt);
            }
        }

        // Where order counts, what comes after them may go now.
        if (_services.Endpoints.Find(_key)?.Spec.Delivery.Ordering == DeliveryOrdering.PerKey)
        {
            _mayHaveMore = true;
        }

        _room.Raise();
    }

    /// <summary>Until cancelled; then waits a moment for what is under way.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource sends = new();
        try
        {
            await ServeAsync(sends.Token, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The lease is lost, or the host stops.
        }

        // By the clock of the machine: the process itself is what waits.
        sends.CancelAfter(Grace);
        for (Task ended = _room.Next; Volatile.Read(ref _sending) > 0; ended = _room.Next)
        {
            if (Volatile.Read(ref _sending) > 0)
            {
                await ended;
            }
        }
    }

    private async Task ServeAsync(CancellationToken sends, CancellationToken cancellationToken)
    {
        bool isResumed = false;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (Task work, Task room) = (_services.Signal.Next, _room.Next);
            TimeSpan sleep;
            try
            {
                if (!isResumed)
                {
                    await ResumeAsync(cancellationToken);
                    isResumed = true;
                }

                sleep = await StepAsync(sends, cancellationToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                Failed(_logger, _key, exception);
                (sleep, _mayHaveMore) = (AfterFault, true);
            }

            if (sleep > TimeSpan.Zero)
            {
                _mayHaveMore |= await IsForMoreAsync(work, room, sleep, cancellationToken);
            }
        }
    }

    /// <summary>Waits; true where there may be more to read, false where there is only more room.</summary>
    private async Task<bool> IsForMoreAsync(Task work, Task room, TimeSpan atMost, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bool isRoom = await Task.WhenAny(work, room, Task.Delay(atMost, _services.Time, stop.Token)) == room;
        await stop.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return !isRoom || work.IsCompleted;
    }

    private async Task ResumeAsync(CancellationToken cancellationToken)
    {
        CallbackStateRow? row = await _services.Store.StateAsync(_key, cancellationToken);
        _isDisabled = row?.DisabledAt is not null;
        _progress.Resume(row);
    }

    /// <summary>Sends what may be sent now; returns how long there is nothing to do.</summary>
    private async Task<TimeSpan> StepAsync(CancellationToken sends, CancellationToken cancellationToken)
    {
        if (_services.Catalogue.Current.Find(_key) is not { } resource || _services.Endpoints.Find(_key) is not { } endpoint || (resource.Spec.Suspend && !resource.Row.Deleting))
        {
            PutBack();
            return _services.Store.PollPeriod;
        }

        if (await IsDisabledAsync(cancellationToken))
        {
            return await GiveUpAllAsync(endpoint.IsDraining ? DeadLetterReasons.Deleted : DeadLetterReasons.Disabled, cancellationToken);
        }

        DateTimeOffset now = _services.Time.GetUtcNow();
        (int room, DateTimeOffset? notBefore) = endpoint.Problem is null ? _progress.Room(endpoint.Spec, now) : (0, null);
        if (room == 0)
        {
            PutBack();
            return endpoint.IsDraining ? await GiveUpAllAsync(DeadLetterReasons.Deleted, cancellationToken) : Sooner(notBefore - now, _services.Store.PollPeriod);
        }

        while (_held.Count < MostUncommitted && Volatile.Read(ref _sending) < room)
        {
            if (_ready.Count == 0 && !await ReadAsync(endpoint, now, cancellationToken))
            {
                return Sooner(NextDue() - now, _services.Store.PollPeriod);
            }

            if (_rate.Take(endpoint.Spec.Delivery.RatePerSecond) is var wait && wait > TimeSpan.Zero)
            {
                return wait;
            }

            (CallbackDeliveryRow row, byte[] body) = _ready.Dequeue();
            Interlocked.Increment(ref _sending);
            _ = SendAsync(endpoint, row, body, sends);
        }

        return _services.Store.PollPeriod;
    }

    /// <summary>False where nothing is due.</summary>
    private async Task<bool> ReadAsync(CallbackEndpoint endpoint, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!_mayHaveMore)
        {
            return false;
        }

        int wanted = Math.Clamp(4 * endpoint.Spec.Delivery.MaxInFlight, LeastRead, MostRead);
        DateTimeOffset dueBy = endpoint.IsDraining ? DateTimeOffset.MaxValue : now;

        // Before the question too: what is committed while it is asked asks for another.
        _mayHaveMore = false;
        Interlocked.Exchange(ref _putOffUntil, long.MaxValue);

        // Those that are held before the question: what is committed while it is asked may still be in its answer.
        HashSet<Guid> held = [.. _held.Keys];
        List<CallbackDeliveryRow> due = await _services.Store.DueAsync(_key, dueBy, endpoint.Spec.Delivery.Ordering == DeliveryOrdering.PerKey, wanted + held.Count, cancellationToken);
        List<CallbackDeliveryRow> rows = [.. due.Where(row => !held.Contains(row.Id)).Take(wanted)];
        if (rows.Count == 0)
        {
            _nextDue = await _services.Store.NextDueAsync(_key, now, cancellationToken);
            DateTimeOffset impossible = now + new RetrySchedule(endpoint.Spec.Delivery).Longest;
            if (_nextDue > impossible)
            {
                await _services.Store.BringForwardAsync(_key, impossible, now, cancellationToken);
                _nextDue = now;
            }

            return false;
        }

        _mayHaveMore = true;
        Dictionary<Guid, byte[]> bodies = await _services.Sources.BodiesAsync(rows, endpoint.Spec.Payload, cancellationToken);
        foreach (CallbackDeliveryRow row in rows)
        {
            _held[row.Id] = true;
            if (bodies.TryGetValue(row.Id, out byte[]? body))
            {
                _ready.Enqueue((row, body));
            }
            else
            {
                _services.Commits.Add(new DeliveryResult(this, row) { Dead = CallbackDeadLetterRow.Of(row, DeadLetterReasons.ContentGone, 0, now) });
            }
        }

        return _ready.Count > 0;
    }

    private async Task SendAsync(CallbackEndpoint endpoint, CallbackDeliveryRow row, byte[] body, CancellationToken cancellationToken)
    {
        try
        {
            // Off this loop's thread: signing takes time, and the loop has others to start.
            await Task.Yield();
            SendOutcome outcome = await _services.Sender.SendAsync(endpoint, row, body, cancellationToken);
            _services.Commits.Add(_results.Of(this, endpoint, row, body, outcome));
        }
        catch (OperationCanceledException)
        {
            _held.TryRemove(row.Id, out _);
        }
        catch (Exception exception)
        {
            Broken(_logger, row.MessageId, _key, exception);
            SendOutcome outcome = new() { Reason = CallbackTargetReasons.ConnectionFailed, Detail = "It could not be sent; the log says why.", StartedAt = _services.Time.GetUtcNow(), Took = TimeSpan.Zero };
            _services.Commits.Add(_results.Of(this, endpoint, row, body, outcome));
        }
        finally
        {
            Interlocked.Decrement(ref _sending);
            _room.Raise();
        }
    }

    /// <summary>Disables it where that is due; where it is disabled, asks whether somebody has enabled it.</summary>
    private async Task<bool> IsDisabledAsync(CancellationToken cancellationToken)
    {
        if (!_isDisabled && _progress.DisableBecause is { } reason)
        {
            PutBack();
            await _services.Acts.DisableAsync(_key, reason, cancellationToken);
            _isDisabled = true;
        }
        else if (_isDisabled)
        {
            await ResumeAsync(cancellationToken);
            _mayHaveMore |= !_isDisabled;
        }

        return _isDisabled;
    }

    /// <summary>Nothing goes to it any more: what waits becomes dead letters, a part at a time, once nothing is under way.</summary>
    private async Task<TimeSpan> GiveUpAllAsync(string reason, CancellationToken cancellationToken)
    {
        PutBack();
        return _held.IsEmpty && await _services.Acts.GiveUpAsync(_key, reason, cancellationToken) > 0 ? TimeSpan.Zero : _services.Store.PollPeriod;
    }

    /// <summary>What was read and not begun is read again later.</summary>
    private void PutBack()
    {
        _mayHaveMore |= _ready.Count > 0;
        while (_ready.TryDequeue(out (CallbackDeliveryRow Row, byte[] Body) item))
        {
            _held.TryRemove(item.Row.Id, out _);
        }
    }

    private void WakeBy(DateTimeOffset due)
    {
        for (long seen = Volatile.Read(ref _putOffUntil); due.UtcTicks < seen; seen = Volatile.Read(ref _putOffUntil))
        {
            Interlocked.CompareExchange(ref _putOffUntil, due.UtcTicks, seen);
        }
    }

    private DateTimeOffset? NextDue() =>
        Volatile.Read(ref _putOffUntil) is var ticks && ticks < (_nextDue?.UtcTicks ?? long.MaxValue) ? new DateTimeOffset(ticks, TimeSpan.Zero) : _nextDue;

    private static TimeSpan Sooner(TimeSpan? one, TimeSpan other) => one is not { } time || time > other ? other : time > TimeSpan.FromMilliseconds(1) ? time : TimeSpan.FromMilliseconds(1);

    [LoggerMessage(Level = LogLevel.Error, Message = "Deliveries to {Target} stand still; they go on in a moment.")]
    private static partial void Failed(ILogger logger, ResourceKey target, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Message} to {Target} could not be sent; it is tried again by its schedule.")]
    private static partial void Broken(ILogger logger, string message, ResourceKey target, Exception exception);

    private sealed class RoomSignal : Signal;
}
