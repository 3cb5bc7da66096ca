using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Telemetry;

namespace FinObs.DataPlane.Tests.Transactions;

public class TraceTests
{
    [Fact]
    public async Task Every_step_of_a_request_is_a_span_of_the_trace_that_the_answer_names()
    {
        ConcurrentBag<Activity> spans = [];
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name == FinObsTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        string trace = ActivityTraceId.CreateRandom().ToHexString();
        using HttpRequestMessage request = new(HttpMethod.Post, "/webhooks/transactions")
        {
            Content = new StringContent("""{"transaction_id":"tr-1","amount":5}""", System.Text.Encoding.UTF8, "application/json"),
            Headers = { { "traceparent", $"00-{trace}-00f067aa0ba902b7-01" } },
        };

        using HttpResponseMessage response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        JsonElement answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
        Assert.Equal(trace, answer.GetProperty("results")[0].GetProperty("trace_id").GetString());
        string[] steps = [.. spans.Where(span => span.TraceId.ToHexString() == trace).OrderBy(span => span.StartTimeUtc).Select(span => span.OperationName).Distinct()];
        Assert.Equal(
            [
                Steps.Chunk, Steps.Idempotency, Steps.Routing, Steps.Profiles, Steps.Features, Steps.Score, Steps.Decide, Steps.Explain, Steps.Seal, Steps.Commit,
            ],
            steps);
        Assert.Equal(trace, (await host.GetAsync("/v1/transactions/tr-1")).GetProperty("trace_id").GetString());
    }
}
