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
internal sealed partial class TargetLine(ResourceKey key, LineServices services, ILogger logger)
{
    /// <summary>Results that wait for their commit: beyond it nothing more is sent.</summary>
    private const int MostUncommitted = 5000;
    private const int LeastRead = 64;
    private const int MostRead = 512;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(2);

    /// <summary>What is under way when the line stops may come to its end.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly TargetProgress _progress = new(key);
    private readonly TokenBucket _rate = new(services.Time);
    private readonly Random _random = new(key.GetHashCode());
    private readonly RoomSignal _room = new();
    private readonly ConcurrentDictionary<Guid, bool> _held = [];
    private readonly Queue<(CallbackDeliveryRow Row, byte[] Body)> _ready = [];
    private int _sending;
    private bool _isDisabled;
    private DateTimeOffset? _nextDue;
    private volatile bool _mayHaveMore = true;

    /// <summary>How deliveries go, as it is to be written.</summary>
    public CallbackStateRow Progress => _progress.Row;

    /// <summary>These are written: they may be read again, or are gone.</summary>
    public void Committed(IReadOnlyList<Guid> ids)
    {
        foreach (Guid id in ids)
        {
            _held.TryRemove(id, out _);
        }

        // Where order counts, what comes after them may go now.
        if (services.Endpoints.Find(key)?.Spec.Delivery.Ordering == DeliveryOrdering.PerKey)
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
            (Task work, Task room) = (services.Signal.Next, _room.Next);
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
                Failed(logger, key, exception);
                sleep = AfterFault;
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
        bool isRoom = await Task.WhenAny(work, room, Task.Delay(atMost, services.Time, stop.Token)) == room;
        await stop.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return !isRoom || work.IsCompleted;
    }

    private async Task ResumeAsync(CancellationToken cancellationToken)
    {
        CallbackStateRow? row = await services.Store.StateAsync(key, cancellationToken);
        _isDisabled = row?.DisabledAt is not null;
        _progress.Resume(row);
    }

    /// <summary>Sends what may be sent now; returns how long there is nothing to do.</summary>
    private async Task<TimeSpan> StepAsync(CancellationToken sends, CancellationToken cancellationToken)
    {
        if (services.Catalogue.Current.Find(key) is not { } resource || services.Endpoints.Find(key) is not { } endpoint || (resource.Spec.Suspend && !resource.Row.Deleting))
        {
            PutBack();
            return Idle;
        }

        if (await IsDisabledAsync(cancellationToken))
        {
            return await GiveUpAllAsync(endpoint.IsDraining ? DeadLetterReasons.Deleted : DeadLetterReasons.Disabled, cancellationToken);
        }

        DateTimeOffset now = services.Time.GetUtcNow();
        (int room, DateTimeOffset? notBefore) = endpoint.Problem is null ? _progress.Room(endpoint.Spec, now) : (0, null);
        if (room == 0)
        {
            PutBack();
            return endpoint.IsDraining ? await GiveUpAllAsync(DeadLetterReasons.Deleted, cancellationToken) : Sooner(notBefore - now, Idle);
        }

        while (_held.Count < MostUncommitted && Volatile.Read(ref _sending) < room)
        {
            if (_ready.Count == 0 && !await ReadAsync(endpoint, now, cancellationToken))
            {
                return Sooner(_nextDue - now, Idle);
            }

            if (_rate.Take(endpoint.Spec.Delivery.RatePerSecond) is var wait && wait > TimeSpan.Zero)
            {
                return wait;
            }

            (CallbackDeliveryRow row, byte[] body) = _ready.Dequeue();
            Interlocked.Increment(ref _sending);
            _ = SendAsync(endpoint, row, body, sends);
        }

        return Idle;
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

        // Those that are held before the question: what is committed while it is asked may still be in its answer.
        HashSet<Guid> held = [.. _held.Keys];
        List<CallbackDeliveryRow> due = await services.Store.DueAsync(key, dueBy, endpoint.Spec.Delivery.Ordering == DeliveryOrdering.PerKey, wanted + held.Count, cancellationToken);
        List<CallbackDeliveryRow> rows = [.. due.Where(row => !held.Contains(row.Id)).Take(wanted)];
        if (rows.Count == 0)
        {
            _mayHaveMore = false;
            _nextDue = await services.Store.NextDueAsync(key, now, cancellationToken);
            DateTimeOffset impossible = now + new RetrySchedule(endpoint.Spec.Delivery).Longest;
            if (_nextDue > impossible)
            {
                await services.Store.BringForwardAsync(key, impossible, now, cancellationToken);
                _nextDue = now;
            }

            return false;
        }

        Dictionary<Guid, byte[]> bodies = await services.Sources.BodiesAsync(rows, endpoint.Spec.Payload, cancellationToken);
        foreach (CallbackDeliveryRow row in rows)
        {
            _held[row.Id] = true;
            if (bodies.TryGetValue(row.Id, out byte[]? body))
            {
                _ready.Enqueue((row, body));
            }
            else
            {
                services.Commits.Add(new DeliveryResult(this, row) { Dead = CallbackDeadLetterRow.Of(row, DeadLetterReasons.ContentGone, 0, now) });
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
            SendOutcome outcome = await services.Sender.SendAsync(endpoint, row, body, cancellationToken);
            Finish(endpoint, row, body, outcome);
        }
        catch (OperationCanceledException)
        {
            _held.TryRemove(row.Id, out _);
        }
        catch (Exception exception)
        {
            Broken(logger, row.MessageId, key, exception);
            Finish(endpoint, row, body, new SendOutcome { Reason = CallbackTargetReasons.ConnectionFailed, Detail = "It could not be sent; the log says why.", StartedAt = services.Time.GetUtcNow(), Took = TimeSpan.Zero });
        }
        finally
        {
            Interlocked.Decrement(ref _sending);
            _room.Raise();
        }
    }

    private void Finish(CallbackEndpoint endpoint, CallbackDeliveryRow row, byte[] body, SendOutcome outcome)
    {
        DateTimeOffset now = services.Time.GetUtcNow();
        int attempt = row.Attempts + 1;
        _progress.Record(outcome, endpoint.Spec, attempt, endpoint.ResolvedIps, now);
        CallbackDeliveryRow? later = outcome.IsSuccess ? null : Later(endpoint, row, attempt, outcome, now);
        string whyDead = endpoint.IsDraining ? DeadLetterReasons.Deleted : outcome.IsGone ? DeadLetterReasons.Disabled : DeadLetterReasons.Exhausted;
        AttemptOutcome came = outcome.IsSuccess ? AttemptOutcome.Delivered : later is null ? AttemptOutcome.Failed : AttemptOutcome.Retrying;
        CallbackMetrics.Attempted(came, outcome.Took);
        services.Commits.Add(new DeliveryResult(this, row)
        {
            Attempt = Attempts.Of(endpoint, row, body, outcome, came),
            Later = later,
            Dead = came == AttemptOutcome.Failed ? CallbackDeadLetterRow.Of(row with { Attempts = attempt }, whyDead, outcome.Status, now) : null,
        });
    }

    private CallbackDeliveryRow? Later(CallbackEndpoint endpoint, CallbackDeliveryRow row, int attempt, SendOutcome outcome, DateTimeOffset now)
    {
        if (endpoint.IsDraining || outcome.IsGone)
        {
            return null;
        }

        double chance;
        lock (_random)
        {
            chance = _random.NextDouble();
        }

        return new RetrySchedule(endpoint.Spec.Delivery).After(attempt, outcome.RetryAfter, chance) is { } delay ? row with { Attempts = attempt, DueAt = now + delay } : null;
    }

    /// <summary>Disables it where that is due; where it is disabled, asks whether somebody has enabled it.</summary>
    private async Task<bool> IsDisabledAsync(CancellationToken cancellationToken)
    {
        if (!_isDisabled && _progress.DisableBecause is { } reason)
        {
            PutBack();
            await services.Acts.DisableAsync(key, reason, cancellationToken);
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
        return _held.IsEmpty && await services.Acts.GiveUpAsync(key, reason, cancellationToken) > 0 ? TimeSpan.Zero : Idle;
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

    private static TimeSpan Sooner(TimeSpan? one, TimeSpan other) => one is not { } time || time > other ? other : time > TimeSpan.FromMilliseconds(1) ? time : TimeSpan.FromMilliseconds(1);

    [LoggerMessage(Level = LogLevel.Error, Message = "Deliveries to {Target} stand still; they go on in a moment.")]
    private static partial void Failed(ILogger logger, ResourceKey target, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Message} to {Target} could not be sent; it is tried again by its schedule.")]
    private static partial void Broken(ILogger logger, string message, ResourceKey target, Exception exception);

    private sealed class RoomSignal : Signal;
}
