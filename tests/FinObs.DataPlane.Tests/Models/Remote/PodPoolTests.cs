using FinObs.DataPlane.Inference;
using FinObs.DataPlane.Models.Remote;
using FinObs.DataPlane.Tests.Scorer;
using Microsoft.Extensions.Time.Testing;

namespace FinObs.DataPlane.Tests.Models.Remote;

public sealed class PodPoolTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly RemoteOptions _options = new() { EjectionMilliseconds = 1_000, LongestEjectionMilliseconds = 3_000 };

    [Fact]
    public async Task The_least_busy_pod_is_taken_and_equals_take_turns()
    {
        using PodPool pool = Pool(2);
        Pod first = (await pool.PickAsync([]))!, second = (await pool.PickAsync([]))!;
        Assert.NotSame(first, second);

        first.Begin();

        Assert.Same(second, await pool.PickAsync([]));
        Assert.Same(second, await pool.PickAsync([]));
        first.End();
    }

    [Fact]
    public async Task A_failed_pod_is_left_alone_twice_as_long_with_each_failure_up_to_a_bound()
    {
        using PodPool pool = Pool(1);
        Pod pod = (await pool.PickAsync([]))!;
        foreach (int milliseconds in (int[])[1_000, 2_000, 3_000, 3_000])
        {
            pool.Eject(pod);
            _time.Advance(TimeSpan.FromMilliseconds(milliseconds - 1));
            Assert.Null(await pool.PickAsync([]));
            _time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Same(pod, await pool.PickAsync([]));
        }

        pod.Succeeded();
        pool.Eject(pod);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Same(pod, await pool.PickAsync([]));
    }

    [Fact]
    public async Task Other_addresses_take_effect_and_pods_that_stay_are_the_same()
    {
        using PodPool pool = Pool(2);
        Pod kept = (await pool.PickAsync([]))!;

        pool.Use(new RemoteEndpoints([kept.Address]));
        await pool.PickAsync([]);

        Assert.Same(kept, await pool.PickAsync([]));
        Assert.Same(kept, await pool.PickAsync([]));
    }

    [Fact]
    public async Task A_pod_that_does_not_answer_in_time_is_given_up_within_the_deadline()
    {
        // The port takes connections and says nothing.
        using System.Net.Sockets.TcpListener silent = new(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        await using TestScorer scorer = await TestScorer.StartReadyAsync();
        RemoteOptions options = new() { TryTimeoutMilliseconds = 5_000, TimeoutMilliseconds = 60_000 };
        using PodPool pool = new(new RemoteEndpoints([$"http://{silent.LocalEndpoint}", scorer.GrpcAddress.ToString()]), options, TimeProvider.System);
        RemoteCalls calls = new(pool, options, null, TimeProvider.System);

        for (int i = 0; i < 2; i++)
        {
            Assert.IsType<InferenceReply.Answered>(await calls.InferAsync(Asking.Request(TestScorer.Rows(1), raw: true), _ => null, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task What_no_pod_would_answer_is_not_tried_again_and_ejects_nobody()
    {
        await using TestScorer scorer = await TestScorer.StartReadyAsync();
        RemoteOptions options = new() { TryTimeoutMilliseconds = 10_000, TimeoutMilliseconds = 30_000 };
        using PodPool pool = new(new RemoteEndpoints([scorer.GrpcAddress.ToString()]), options, TimeProvider.System);
        RemoteCalls calls = new(pool, options, null, TimeProvider.System);
        ModelInferRequest wrong = Asking.Request(TestScorer.Rows(1), raw: true, "no_such_output");

        InferenceReply reply = await calls.InferAsync(wrong, _ => null, TestContext.Current.CancellationToken);

        Assert.Contains("no such output", Assert.IsType<InferenceReply.Refused>(reply).Why);
        Assert.NotNull(await pool.PickAsync([]));
    }

    private PodPool Pool(int pods) => new(new RemoteEndpoints([.. Enumerable.Range(1, pods).Select(i => $"http://127.0.0.{i}:8081")]), _options, _time);
}
