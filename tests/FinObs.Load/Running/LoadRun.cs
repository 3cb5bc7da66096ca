using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Threading.Channels;
using FinObs.Benchmarks.Load;
using FinObs.Load.Requests;
using FinObs.Load.Scenarios;

namespace FinObs.Load.Running;

/// <summary>
/// Sends each request when it is due, whatever became of those before, and counts from then: where the server stalls, all that was due meanwhile is late, as for those who wait (no coordinated omission).
/// </summary>
internal sealed class LoadRun(LoadScenario scenario, double scale, string? key)
{
    /// <summary>Nearer than this it is waited for awake: a sleep is that coarse.</summary>
    private static readonly TimeSpan Coarse = TimeSpan.FromMilliseconds(2);

    private readonly Channel<Ending> _endings = Channel.CreateUnbounded<Ending>(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<Second> _seconds = [];
    private readonly Lock _gate = new();
    private readonly LatencyHistogram _late = new();
    private readonly Stopwatch _clock = new();
    private int _inFlight;

    public LoadScenario Scenario => scenario;

    public TimeSpan Elapsed => _clock.Elapsed;

    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>A second of the run so far; null where it has not come.</summary>
    public (long Due, long Answered, long Errors, TimeSpan P50, TimeSpan P99)? At(int second)
    {
        lock (_gate)
        {
            return second >= 0 && second < _seconds.Count && _seconds[second] is var one ? (one.Due, one.Answered, one.Errors, one.Latencies.Percentile(0.5), one.Latencies.Percentile(0.99)) : null;
        }
    }

    public async Task<LoadResult> RunAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset started = TimeProvider.System.GetUtcNow();
        RequestFactory factory = new(scenario, $"load-{started.ToUnixTimeSeconds()}", TimeProvider.System);
        using HttpClient client = Client();
        Tally[] tallies = [.. scenario.Mix.Select(_ => new Tally())];
        Task counting = CountAsync(tallies);
        _clock.Start();
        Random random = new(scenario.Seed);
        foreach (Arrival arrival in Arrivals.Of(scenario, scale))
        {
            if (!await UntilAsync(arrival.At, cancellationToken))
            {
                break;
            }

            Send(client, factory, arrival, random);
        }

        while (InFlight > 0)
        {
            await Task.Delay(Coarse, CancellationToken.None); // each ends by its own time limit
        }

        _endings.Writer.Complete();
        await counting;
        return new LoadResult(scenario, scale, started, tallies, _seconds, _late.Percentile(0.99));
    }

    private HttpClient Client()
    {
        HttpClient client = new(new SocketsHttpHandler { MaxConnectionsPerServer = scenario.Connections, AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = scenario.Timeout })
        {
            BaseAddress = scenario.Target,
            Timeout = scenario.Timeout,
        };
        if (key is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        return client;
    }

    /// <summary>False where it was ended before.</summary>
    private async Task<bool> UntilAsync(TimeSpan due, CancellationToken cancellationToken)
    {
        while (due - _clock.Elapsed is var left && left > TimeSpan.Zero)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                return false;
            }

            if (left > Coarse)
            {
                await Task.Delay(left - Coarse, CancellationToken.None);
            }
            else
            {
                Thread.Yield();
            }
        }

        return !cancellationToken.IsCancellationRequested;
    }

    private void Send(HttpClient client, RequestFactory factory, Arrival arrival, Random random)
    {
        _late.Record(_clock.Elapsed - arrival.At);
        if (Interlocked.Increment(ref _inFlight) > scenario.MostInFlight)
        {
            Interlocked.Decrement(ref _inFlight);
            _endings.Writer.TryWrite(new Ending(arrival, TimeSpan.Zero, "not sent: mostInFlight are on their way"));
            return;
        }

        LoadRequest request = scenario.Mix[arrival.Request];
        HttpRequestMessage message = factory.Make(request, random);
        _ = Task.Run(async () =>
        {
            string? cause = await SendAsync(client, message);
            if (cause is null)
            {
                factory.Answered(request);
            }

            _endings.Writer.TryWrite(new Ending(arrival, _clock.Elapsed - arrival.At, cause));
            Interlocked.Decrement(ref _inFlight);
        });
    }

    /// <summary>Why it was no good answer; null where it was one.</summary>
    private static async Task<string?> SendAsync(HttpClient client, HttpRequestMessage message)
    {
        using (message)
        {
            try
            {
                using HttpResponseMessage answer = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
                await answer.Content.CopyToAsync(Stream.Null);
                return answer.IsSuccessStatusCode ? null : $"status {(int)answer.StatusCode}";
            }
            catch (TaskCanceledException)
            {
                return "no answer in time";
            }
            catch (HttpRequestException exception)
            {
                return exception.InnerException is SocketException socket ? $"connection: {socket.SocketErrorCode}" : $"connection: {exception.HttpRequestError}";
            }
            catch (IOException)
            {
                return "connection: broken in the answer";
            }
        }
    }

    private async Task CountAsync(Tally[] tallies)
    {
        await foreach (Ending ending in _endings.Reader.ReadAllAsync())
        {
            lock (_gate)
            {
                Second due = SecondAt(ending.Arrival.At);
                due.Due++;
                if (ending.Cause is null)
                {
                    due.Latencies.Record(ending.Latency);
                    SecondAt(ending.Arrival.At + ending.Latency).Answered++;
                }
                else
                {
                    due.Errors++;
                }
            }

            if (scenario.Phases[ending.Arrival.Phase].Counted)
            {
                tallies[ending.Arrival.Request].Add(ending);
            }
        }
    }

    private Second SecondAt(TimeSpan at)
    {
        int index = (int)at.TotalSeconds;
        while (_seconds.Count <= index)
        {
            _seconds.Add(new Second());
        }

        return _seconds[index];
    }
}
