using System.Diagnostics;
using FinObs.DataPlane.Dashboard.Live;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Dashboard;

/// <summary>Which spans a process remembers for the pages of decisions.</summary>
public sealed class RecentSpansTests
{
    [Fact]
    public async Task The_steps_of_a_commit_that_flagged_something_are_found_by_the_trace_of_the_decision()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        RecentSpans spans = host.Services.GetRequiredService<RecentSpans>();

        string flagged = await TraceAsync("""{"transaction_id":"large","amount":9800,"type":"wire","account":"a","counterparty":"new-payee"}""", "approve", isThat: false);
        string approved = await TraceAsync("""{"transaction_id":"small","amount":12,"type":"card","account":"b"}""", "approve", isThat: true);

        IReadOnlyList<SpanBar> bars = spans.Of(flagged)!;
        Assert.Contains(bars, bar => bar.Name == Steps.Commit);
        Assert.Contains(bars, bar => bar.Name == Steps.Score && bar.Ms > 0);
        Assert.Equal(0, bars[0].StartMs);
        Assert.Equal(bars.OrderBy(bar => bar.StartMs).Select(bar => bar.StartMs), bars.Select(bar => bar.StartMs));
        Assert.Null(spans.Of(approved));

        async Task<string> TraceAsync(string json, string decision, bool isThat)
        {
            System.Text.Json.JsonElement result = (await host.PostAsync(json)).GetProperty("results")[0];
            Assert.Equal(isThat, result.GetProperty("decision").GetString() == decision);
            return result.GetProperty("trace_id").GetString()!;
        }
    }

    [Fact]
    public void A_commit_is_found_by_every_request_that_it_answered_and_the_oldest_are_let_go()
    {
        using ActivitySource source = new("test");
        using ActivityListener listener = new() { ShouldListenTo = one => one.Name == "test", Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData };
        ActivitySource.AddActivityListener(listener);
        using RecentSpans spans = new();

        ActivityContext other = Context();
        string first = Commit([other]);
        for (int i = 0; i < 1_500; i++)
        {
            Commit([]);
        }

        Assert.NotNull(spans.Of(first));
        Assert.Equal(spans.Of(first), spans.Of(other.TraceId.ToHexString()));
        for (int i = 0; i < 600; i++)
        {
            Commit([]);
        }

        Assert.Null(spans.Of(first));

        string Commit(ActivityContext[] links)
        {
            using Activity chunk = source.StartActivity(Steps.Chunk, ActivityKind.Internal, Context(), links: links.Select(link => new ActivityLink(link)))!;
            chunk.SetTag("finobs.flagged", 1);
            chunk.Stop();
            spans.OnEnd(chunk);
            return chunk.TraceId.ToHexString();
        }

        static ActivityContext Context() => new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
    }
}
