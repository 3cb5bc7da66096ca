using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using FinObs.DataPlane.Audit.Verification;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Retraining;
using FinObs.DataPlane.Retraining.Local;
using FinObs.DataPlane.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Tests.Retraining;

/// <summary>From a request to a ModelVersion, with the real tool as a process.</summary>
public sealed class CandidateTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_child_process_trains_a_candidate_that_waits_in_shadow_and_the_route_stays(DatabaseKind kind)
    {
        await using TestDataPlane host = await StartAsync(kind, "ChildProcess");
        JsonElement run = await EndOfAsync(host, await RequestAsync(host));

        await AssertRegisteredAsync(host, run);
        Assert.Equal("Queued,Running,Succeeded", string.Join(',', run.GetProperty("changes").EnumerateArray().Select(change => change.GetProperty("state").GetString())));
        VerificationReport report = await host.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(null, [], Cancel);
        Assert.True(report.Lies == 0, string.Join('\n', report.Findings.Select(finding => finding.What)));
    }

    [Fact]
    public async Task A_job_does_the_same_over_the_api_and_comes_too_late_a_second_time()
    {
        await using TestDataPlane host = await StartAsync(DatabaseKind.Sqlite, "None");
        string id = await RequestAsync(host);

        (int code, string errors) = await JobAsync(host, id);
        Assert.True(code == 0, errors);
        await AssertRegisteredAsync(host, await EndOfAsync(host, id));
        (code, errors) = await JobAsync(host, id);
        Assert.Equal(2, code);
        Assert.Contains("answered 409", errors, StringComparison.Ordinal); // the sentence goes on, broken where the terminal ends
    }

    [Fact]
    public async Task Too_few_transactions_fail_the_run_and_the_sentence_says_so()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Retraining:Settle", "00:00:00", "--Retraining:Period", "00:00:00.050");
        await host.PostAsync("""{"amount":1,"currency":"USD"}""");
        JsonElement run = (await EndOfAsync(host, await RequestAsync(host))).GetProperty("run");

        Assert.Equal("Failed", run.GetProperty("state").GetString());
        Assert.Contains("at least 1000", run.GetProperty("failure").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_old_paths_start_a_run_and_say_that_nothing_is_replaced()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Retraining:Runner", "None", "--Retraining:Settle", "00:00:00");
        using HttpResponseMessage answer = await host.Client.PostAsync(new Uri("/agent/compliance/retrain", UriKind.Relative), null, Cancel);
        JsonElement started = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Cancel));

        Assert.Equal(("started", "1.0.0"), (started.GetProperty("status").GetString(), started.GetProperty("old_version").GetString()));
        Assert.Contains("goes on deciding", started.GetProperty("message").GetString(), StringComparison.Ordinal);
        JsonElement run = (await host.GetAsync($"/v1/retraining-runs/{started.GetProperty("run_id").GetGuid()}")).GetProperty("run");
        Assert.Equal(("Queued", "Manual"), (run.GetProperty("state").GetString(), run.GetProperty("trigger").GetString()));
        JsonElement status = await host.GetAsync("/agent/compliance/retrain/status");
        Assert.Equal((0, 168.0), (status.GetProperty("retrain_count").GetInt32(), status.GetProperty("schedule_hours").GetDouble()));
    }

    private static async Task AssertRegisteredAsync(TestDataPlane host, JsonElement detail)
    {
        JsonElement run = detail.GetProperty("run"), report = detail.GetProperty("report");
        Assert.True(run.GetProperty("state").GetString() == "Succeeded", detail.ToString());
        Assert.True(run.GetProperty("candidate").GetString() == "Registered", report.GetProperty("gate").ToString());
        Assert.Equal("1.0.1", run.GetProperty("candidateVersion").GetString());
        Assert.Equal(report.GetProperty("artifactDigest").GetString(), run.GetProperty("artifactDigest").GetString());
        JsonElement window = await host.GetAsync($"/v1/training-windows/{run.GetProperty("windowId").GetGuid()}/info");
        Assert.Equal(window.GetProperty("dataDigest").GetString(), report.GetProperty("dataDigest").GetString());

        JsonElement spec = (await host.GetAsync(run.GetProperty("resource").GetString()!)).GetProperty("spec");
        Assert.Equal("Shadow", spec.GetProperty("stage").GetString());
        Assert.Equal("1.0.0", spec.GetProperty("provenance").GetProperty("parentVersion").GetString());
        Assert.Equal(window.GetProperty("dataDigest").GetString(), spec.GetProperty("provenance").GetProperty("dataDigest").GetString());
        Assert.Equal("1.0.0", (await host.Services.GetRequiredService<RouteStore>().FindAsync("default", Cancel)).Stable!.Version);
    }

    private static async Task<TestDataPlane> StartAsync(DatabaseKind kind, string runner)
    {
        TestDataPlane host = await TestDataPlane.StartAsync(kind, "--Retraining:Runner", runner, "--Retraining:Settle", "00:00:00", "--Retraining:Period", "00:00:00.050");
        // Traffic that does not change: what this is about is what becomes of a candidate that passes. (The gate refuses one trained on 3,000 rows of the fictional bank.)
        Random random = new(7);
        DateTimeOffset start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        object[] transactions =
        [
            .. Enumerable.Range(0, 6_000).Select(row => new
            {
                transaction_id = $"{row}", account = $"a{random.Next(30)}", counterparty = $"c{random.Next(10)}", timestamp = start.AddMinutes(7 * row),
                amount = Math.Round(20 * Math.Exp(2 * random.NextDouble()), 2), currency = "USD", type = random.Next(3) == 0 ? "wire" : "card",
            }),
        ];
        foreach (object[] part in transactions.Chunk(1_000)) await host.PostAsync(JsonSerializer.Serialize(part));
        return host;
    }

    private static async Task<string> RequestAsync(TestDataPlane host)
    {
        TimeProvider time = host.Services.GetRequiredService<TimeProvider>();
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        while (time.GetUtcNow().ToUnixTimeMilliseconds() <= now + 1) await Task.Yield();
        using HttpResponseMessage answer = await host.Client.PostAsJsonAsync("/v1/retraining-runs", new { reason = "a test" }, Cancel);
        string body = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, body);
        return JsonElement.Parse(body).GetProperty("id").GetString()!;
    }

    private static async Task<JsonElement> EndOfAsync(TestDataPlane host, string id)
    {
        while (true)
        {
            JsonElement detail = await host.GetAsync($"/v1/retraining-runs/{id}");
            if (detail.GetProperty("run").GetProperty("state").GetString() is not ("Queued" or "Running")) return detail;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
        }
    }

    private static async Task<(int Code, string Errors)> JobAsync(TestDataPlane host, string id)
    {
        ProcessStartInfo start = new RetrainingTool(Options.Create(new RetrainingOptions())).Find()!;
        foreach (string word in (string[])["run", "--url", host.Client.BaseAddress!.AbsoluteUri, "--run", id]) start.ArgumentList.Add(word);
        using Process job = Process.Start(start)!;
        Task<string> said = job.StandardOutput.ReadToEndAsync(Cancel), errors = job.StandardError.ReadToEndAsync(Cancel);
        await job.WaitForExitAsync(Cancel);
        await said;
        return (job.ExitCode, await errors);
    }
}
