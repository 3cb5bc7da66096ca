using System.Collections.Concurrent;
using FinObs.Operator.Reconciliation;
using FinObs.Operator.Reconciliation.Queue;
using Microsoft.Extensions.Time.Testing;

namespace FinObs.Operator.Tests.Reconciliation;

public sealed class WorkQueueTests : IDisposable
{
    private static readonly Backoff Retry = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));

    private readonly FakeTimeProvider _time = new();
    private readonly WorkQueue<string> _queue;

    public WorkQueueTests() => _queue = new WorkQueue<string>(Retry, new Jitter(seed: 1), _time);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _queue.Dispose();

    [Fact]
    public async Task Keys_come_in_the_order_in_which_they_were_added()
    {
        foreach (string key in (string[])["b", "a", "c"]) _queue.Add(key);
        Assert.Equal(["b", "a", "c"], [await _queue.TakeAsync(Cancel), await _queue.TakeAsync(Cancel), await _queue.TakeAsync(Cancel)]);
    }

    [Fact]
    public void A_key_stands_in_it_once()
    {
        foreach (int _ in Enumerable.Range(0, 5)) _queue.Add("a");
        Assert.Equal(1, _queue.Depth);
    }

    [Fact]
    public async Task A_key_that_is_worked_on_is_not_handed_out_again_before_it_is_done()
    {
        _queue.Add("a");
        Assert.Equal("a", await _queue.TakeAsync(Cancel));
        _queue.Add("a");
        _queue.Add("a");
        Task<string> next = _queue.TakeAsync(Cancel);
        Assert.Equal(0, _queue.Depth);
        Assert.False(next.IsCompleted);
        _queue.Done("a");
        Assert.Equal("a", await next);
        _queue.Done("a");
        Assert.Equal(0, _queue.Depth);
    }

    /// <summary>Many rounds: whether the release overtakes the cancellation is up to the thread pool.</summary>
    [Fact]
    public async Task A_key_that_comes_after_the_cancellation_stays_for_the_next()
    {
        foreach (int round in Enumerable.Range(0, 1_000))
        {
            using CancellationTokenSource stop = new();
            Task<string> waiting = _queue.TakeAsync(stop.Token);
            stop.Cancel();
            _queue.Add($"{round}");
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
            Assert.Equal($"{round}", await _queue.TakeAsync(Cancel));
            _queue.Done($"{round}");
        }
    }

    [Fact]
    public async Task A_key_that_is_not_added_meanwhile_does_not_come_again()
    {
        _queue.Add("a");
        await _queue.TakeAsync(Cancel);
        _queue.Done("a");
        Assert.Equal(0, _queue.Depth);
    }

    [Fact]
    public async Task A_delayed_key_comes_when_it_is_due()
    {
        _queue.AddAfter("later", TimeSpan.FromSeconds(10));
        _queue.AddAfter("sooner", TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(4.999));
        Assert.Equal(0, _queue.Depth);
        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Equal("sooner", await _queue.TakeAsync(Cancel));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("later", await _queue.TakeAsync(Cancel));
    }

    [Fact]
    public void Of_two_delays_of_a_key_the_earlier_counts_and_the_later_brings_nothing()
    {
        _queue.AddAfter("a", TimeSpan.FromSeconds(10));
        _queue.AddAfter("a", TimeSpan.FromSeconds(5));
        _queue.AddAfter("a", TimeSpan.FromSeconds(20));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, _queue.Depth);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, _queue.Depth);
    }

    [Fact]
    public void Each_failure_in_a_row_waits_twice_as_long_up_to_a_bound()
    {
        double[] waits = [.. Enumerable.Range(0, 12).Select(_ => _queue.AddFailed("a").TotalSeconds)];
        double[] wanted = [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60];
        Assert.All(waits.Zip(wanted), pair => Assert.InRange(pair.First, pair.Second * 0.8, pair.Second * 1.2));
        Assert.Equal(waits.Length, waits.Distinct().Count());
        Assert.Equal(12, _queue.Failures("a"));
        _queue.Forget("a");
        Assert.InRange(_queue.AddFailed("a").TotalSeconds, 0.8, 1.2);
    }

    [Fact]
    public void The_failures_of_one_key_do_not_slow_another()
    {
        foreach (int _ in Enumerable.Range(0, 10)) _queue.AddFailed("bad");
        Assert.InRange(_queue.AddFailed("good").TotalSeconds, 0.8, 1.2);
    }

    [Fact]
    public async Task A_wait_for_a_key_can_be_given_up()
    {
        using CancellationTokenSource giveUp = new();
        Task<string> next = _queue.TakeAsync(giveUp.Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        _queue.Add("a");
        Assert.Equal("a", await _queue.TakeAsync(Cancel));
    }

    /// <summary>Four workers, four producers: at no time are two on the same key, and the last thing added to each key is worked on after it was added.</summary>
    [Fact]
    public async Task Nothing_is_worked_on_twice_at_once_and_nothing_is_lost()
    {
        const int Keys = 10, Adds = 5_000;
        ConcurrentDictionary<int, int> busy = [];
        int[] added = new int[Keys], worked = new int[Keys];
        using WorkQueue<int> queue = new(Retry, new Jitter(1), TimeProvider.System);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        async Task WorkAsync()
        {
            while (!end.IsCancellationRequested)
            {
                int key = await queue.TakeAsync(end.Token);
                Assert.True(busy.TryAdd(key, 0), $"{key} is worked on twice at once");
                worked[key] = Volatile.Read(ref added[key]);
                await Task.Yield();
                busy.TryRemove(key, out int _);
                queue.Done(key);
            }
        }

        Task[] workers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(WorkAsync, Cancel))];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(
            () =>
            {
                Random random = new(seed);
                for (int i = 0; i < Adds; i++)
                {
                    int key = random.Next(Keys);
                    Interlocked.Increment(ref added[key]);
                    queue.Add(key);
                }
            },
            Cancel)));
        await Eventually.TrueAsync(() => workers.Any(worker => worker.IsFaulted) || worked.SequenceEqual(added));
        await end.CancelAsync();
        foreach (Task worker in workers) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => worker);
    }
}
