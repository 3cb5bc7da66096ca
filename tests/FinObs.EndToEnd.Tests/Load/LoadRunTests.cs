using FinObs.Load.Report;
using FinObs.Load.Running;
using FinObs.Load.Scenarios;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FinObs.EndToEnd.Tests.Load;

/// <summary>The load program against a server of which is known how it answers.</summary>
public sealed class LoadRunTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A client that waits for each answer would send nothing while the server stalls, and call it fast (coordinated omission).</summary>
    [Fact]
    public async Task All_that_is_due_while_the_server_stalls_counts_as_late()
    {
        TaskCompletionSource stalled = new();
        int served = 0;
        await using WebApplication server = await StartAsync(async context =>
        {
            int number = Interlocked.Increment(ref served);
            if (number == 40)
            {
                _ = Task.Delay(TimeSpan.FromMilliseconds(800), Stop).ContinueWith(_ => stalled.SetResult(), TaskScheduler.Default);
            }

            if (number >= 40)
            {
                await stalled.Task.WaitAsync(context.RequestAborted);
            }
        });

        LoadResult result = await RunAsync(server, "phases: [{ name: steady, duration: 2s, rate: 100 }]\nmix: [{ name: get, request: get, path: / }]\nexpect: [{ of: get, p99: 100ms, errors: 0% }]");

        Tally tally = Assert.Single(result.Requests);
        Assert.InRange(tally.Due, 120, 280);
        Assert.Equal(0, tally.Errors);
        Assert.InRange(tally.Latencies.Percentile(0.9).TotalMilliseconds, 300, 5000); // a third of them was due within the stall
        Assert.Contains("p99", Assert.Single(result.Unmet), StringComparison.Ordinal);
        Assert.Contains("NOT AS EXPECTED: get: p99", ResultTable.Of(result), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errors_are_told_by_their_cause_and_what_is_due_beyond_the_limit_is_not_sent()
    {
        TaskCompletionSource never = new();
        await using WebApplication server = await StartAsync(async context =>
        {
            switch (context.Request.Path.Value)
            {
                case "/hangs": await never.Task.WaitAsync(context.RequestAborted); break;
                case "/full": context.Response.StatusCode = 503; break;
                case "/breaks": context.Abort(); break;
            }
        });

        LoadResult result = await RunAsync(
            server,
            "timeout: 300ms\nmostInFlight: 20\nphases: [{ name: steady, duration: 1s, rate: 400 }]\n"
            + "mix: [{ name: hangs, request: get, path: /hangs }, { name: full, request: get, path: /full }, { name: breaks, request: get, path: /breaks }]");

        string[] causes = [.. ResultTable.Causes(result).Select(cause => cause.Cause)];
        Assert.Contains("no answer in time", causes);
        Assert.Contains("status 503", causes);
        Assert.Contains("not sent: mostInFlight are on their way", causes);
        Assert.Contains(causes, cause => cause.StartsWith("connection: ", StringComparison.Ordinal));
        Assert.Equal(result.Requests.Sum(tally => tally.Due), result.Seconds.Sum(second => second.Due));
        string page = HtmlReport.Of(result);
        Assert.Contains("<svg", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http-equiv", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Arrivals_are_as_many_as_the_phases_say_and_the_same_for_the_same_seed()
    {
        LoadScenario scenario = Parse("phases: [{ name: a, duration: 100s, rate: 50 }, { name: b, duration: 100s, rate: 0..100 }]\nmix: [{ name: x, request: transaction, weight: 3 }, { name: y, request: list }]");

        Arrival[] all = [.. Arrivals.Of(scenario, scale: 1)];

        // 5,000 of each phase; a Poisson count lies within five standard deviations.
        Assert.InRange(all.Count(arrival => arrival.Phase == 0), 4_650, 5_350);
        Assert.InRange(all.Count(arrival => arrival.Phase == 1), 4_650, 5_350);
        Assert.InRange(all.Count(arrival => arrival.Phase == 1 && arrival.At > TimeSpan.FromSeconds(150)), 3_400, 4_100); // three quarters of a ramp lie in its second half
        Assert.InRange(all.Count(arrival => arrival.Request == 0) / (double)all.Length, 0.72, 0.78);
        Assert.Equal(all, Arrivals.Of(scenario, scale: 1));
        Assert.Equal(all.OrderBy(arrival => arrival.At), all);
    }

    [Theory]
    [InlineData("mix: [{ name: x, request: list }]", "at least one phase")]
    [InlineData("phases: [{ name: a, duration: 10s, rate: 5 }]", "at least one request")]
    [InlineData("phases: [{ name: a, duration: ten, rate: 5 }]\nmix: [{ name: x, request: list }]", "must be a time such as")]
    [InlineData("phases: [{ name: a, duration: 10s, rate: fast }]\nmix: [{ name: x, request: list }]", "rate must be a number")]
    [InlineData("phases: [{ name: a, duration: 10s, rate: 5 }]\nmix: [{ name: x, request: lits }]", "there is no request 'lits'; one of transaction")]
    [InlineData("phases: [{ name: a, duration: 10s, rate: 5 }]\nmix: [{ name: x, request: list, wieght: 2 }]", "knows no wieght")]
    [InlineData("phases: [{ name: a, duration: 10s, rate: 5 }]\nmix: [{ name: x, request: get }]", "needs a path")]
    [InlineData("phases: [{ name: a, duration: 10s, rate: 5 }]\nmix: [{ name: x, request: list }]\nexpect: [{ of: y }]", "there is no request y")]
    [InlineData("target: localhost\nphases: []\nmix: []", "target must be an http or https address")]
    [InlineData("phases: [{", "test.yaml, line")]
    public void A_scenario_that_cannot_be_run_says_what_to_change(string text, string says) =>
        Assert.Contains(says, Assert.Throws<ScenarioException>(() => Parse(text)).Message, StringComparison.Ordinal);

    private static LoadScenario Parse(string text) => ScenarioFile.Parse(new StringReader(text), "test.yaml");

    private static async Task<LoadResult> RunAsync(WebApplication server, string scenario) =>
        await new LoadRun(Parse(scenario) with { Target = new Uri(server.Urls.First()) }, 1, null).RunAsync(Stop);

    private static async Task<WebApplication> StartAsync(Func<HttpContext, Task> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = ["--urls", "http://127.0.0.1:0"] });
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        app.Run(context => answer(context));
        await app.StartAsync(Stop);
        return app;
    }
}
