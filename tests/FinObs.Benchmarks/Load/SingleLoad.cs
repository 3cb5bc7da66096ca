using System.Diagnostics;
using FinObs.Benchmarks.Load.Http;

namespace FinObs.Benchmarks.Load;

/// <summary>
/// Single POSTs on many keep-alive connections, from one thread. What is refused (429, 503) is sent again after its Retry-After, what was cut
/// off is sent again on a new connection, with the same id: so it is seen whether a repetition is stored twice.
/// </summary>
internal sealed class SingleLoad : IDisposable
{
    private const int PaceMilliseconds = 1;
    private const int RetryMilliseconds = 50;

    private static readonly long Second = Stopwatch.Frequency;

    private readonly SingleLoadOptions _options;
    private readonly TransactionCorpus.Items _items;
    private readonly RequestLog _log;
    private readonly LoadConnection[] _connections;
    private readonly Stack<int> _idle = [];
    private readonly Epoll _epoll = new();
    private readonly Pace _pace;
    private readonly SingleLoadResult _result = new();
    private readonly int[] _ready = new int[256];
    private readonly int _last;
    private long _start, _end, _lastLook;
    private long _succeeded, _refused;

    public SingleLoad(SingleLoadOptions options, TransactionCorpus.Items items, RequestLog log)
    {
        (_options, _items, _log) = (options, items, log);
        _last = options.Requests is { } requests ? Math.Min(log.Capacity, log.Used + requests) : log.Capacity;
        _pace = new Pace(options.RequestsPerSecond);
        _connections = [.. Enumerable.Range(0, options.Connections).Select(_ => new LoadConnection(options.Port, options.Source))];
    }

    /// <summary>Answers of 200 so far; may be read while it runs.</summary>
    public long Succeeded => Volatile.Read(ref _succeeded);

    /// <summary>Answers of 429 and 503 so far; may be read while it runs.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Runs it on a thread of its own.</summary>
    public Task<SingleLoadResult> RunAsync(CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() => Run(cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public void Dispose()
    {
        foreach (LoadConnection connection in _connections)
        {
            connection.Dispose();
        }

        _epoll.Dispose();
    }

    private SingleLoadResult Run(CancellationToken cancellationToken)
    {
        for (int i = 0; i < _connections.Length; i++)
        {
            Open(i);
            _idle.Push(i);
        }

        _start = Stopwatch.GetTimestamp();
        _pace.Start(_start);
        _end = _start + (long)(_options.Duration.TotalSeconds * Second);
        while (!cancellationToken.IsCancellationRequested)
        {
            long now = Stopwatch.GetTimestamp();
            if (now >= _end || (_log.Used >= _last && _idle.Count == _connections.Length))
            {
                break;
            }

            Begin(now);
            LookAfterTheLate(now);
            ReceiveSome(_options.RequestsPerSecond is null ? RetryMilliseconds : PaceMilliseconds);
        }

        Drain();
        _result.Shed = _pace.Shed;
        _result.Elapsed = Stopwatch.GetElapsedTime(_start, Math.Min(_end, Stopwatch.GetTimestamp()));
        return _result;
    }

    /// <summary>Gives idle connections what is due.</summary>
    private void Begin(long now)
    {
        while (_idle.Count > 0 && _log.Used < _last && _pace.Next(now) is { } due)
        {
            int index = _idle.Pop();
            int number = _log.Begin();
            _connections[index].Prepare(_items[number % _items.Count], number, due);
            Send(index);
        }
    }

    private void ReceiveSome(int milliseconds)
    {
        int count = _epoll.Wait(milliseconds, _ready);
        for (int i = 0; i < count; i++)
        {
            LoadConnection connection = _connections[_ready[i]];
            if (!connection.TryReceive())
            {
                Lose(_ready[i]);
            }
            else if (connection.Answer.IsDone)
            {
                Take(_ready[i], connection);
            }
        }
    }

    private void Take(int index, LoadConnection connection)
    {
        long now = Stopwatch.GetTimestamp();
        AnswerReader answer = connection.Answer;
        _result.Statuses[answer.Status] = _result.Statuses.GetValueOrDefault(answer.Status) + 1;
        if (answer.Closes)
        {
            _epoll.Forget(connection.Handle);
            connection.Close();
        }

        if (answer.Status is 429 or 503)
        {
            Volatile.Write(ref _refused, _refused + 1);
            _result.WithoutRetryAfter += answer.RetryAfter == 0 ? 1 : 0;
            connection.NotBefore = now + (Math.Max(1, answer.RetryAfter) * Second);
            return;
        }

        connection.IsBusy = false;
        if (answer.Status != 200)
        {
            _log.Reject(connection.Number);
            _idle.Push(index);
            return;
        }

        _log.Acknowledge(connection.Number);
        Volatile.Write(ref _succeeded, _succeeded + 1);
        _result.Flagged += answer.Flagged;
        _result.Latency.Record(Stopwatch.GetElapsedTime(connection.Due, now));
        CountInItsSecond(now);

        // At once, rather than after all the others of this round.
        if (now < _end && _options.RequestsPerSecond is null && _log.Used < _last)
        {
            int number = _log.Begin();
            connection.Prepare(_items[number % _items.Count], number, now);
            Send(index);
            return;
        }

        _idle.Push(index);
    }

    private void CountInItsSecond(long now)
    {
        int second = (int)((now - _start) / Second);
        while (_result.PerSecond.Count <= second)
        {
            _result.PerSecond.Add(0);
        }

        _result.PerSecond[second]++;
    }

    /// <summary>Those who wait to send again, and those who have waited too long for an answer.</summary>
    private void LookAfterTheLate(long now)
    {
        if (now - _lastLook < Second / 100)
        {
            return;
        }

        _lastLook = now;
        for (int i = 0; i < _connections.Length; i++)
        {
            LoadConnection connection = _connections[i];
            if (connection.IsBusy && connection.NotBefore != 0 && now >= connection.NotBefore)
            {
                connection.NotBefore = 0;
                Send(i);
            }
            else if (connection.IsBusy && connection.NotBefore == 0 && now - connection.Sent > _options.Patience.TotalSeconds * Second)
            {
                _result.TimedOut++;
                Lose(i);
            }
        }
    }

    private void Send(int index)
    {
        LoadConnection connection = _connections[index];
        if ((!connection.IsOpen && !Open(index)) || !connection.TrySend())
        {
            Lose(index);
        }
    }

    private bool Open(int index)
    {
        if (!_connections[index].TryOpen())
        {
            return false;
        }

        _epoll.Watch(_connections[index].Handle, index);
        return true;
    }

    private void Lose(int index)
    {
        LoadConnection connection = _connections[index];
        if (connection.IsOpen)
        {
            _result.LostConnections++;
            connection.Close();
        }

        connection.NotBefore = Stopwatch.GetTimestamp() + (Second * RetryMilliseconds / 1000);
    }

    /// <summary>What is under way is answered after the end: not counted in the rate, but in the log.</summary>
    private void Drain()
    {
        long deadline = Stopwatch.GetTimestamp() + (long)(_options.Patience.TotalSeconds * Second);
        while (_connections.Any(connection => connection.IsBusy) && Stopwatch.GetTimestamp() < deadline)
        {
            LookAfterTheLate(Stopwatch.GetTimestamp());
            ReceiveSome(PaceMilliseconds);
        }
    }
}
