using System.Net.Http.Json;
using System.Text.Json;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Tests.Retraining;

/// <summary>Which run a drift policy's status speaks of.</summary>
public sealed class RetrainingStandingsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_policy_has_its_own_runs_and_the_first_one_those_of_nobody()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Models:BuiltIn", "false", "--Retraining:Runner", "Job", "--Retraining:Settle", "00:00:00");
        await PutAsync(host, "a");
        string second = await PutAsync(host, "b");
        Assert.Null(await JobAsync(host, "a"));

        string nobodys = await RequestAsync(host, null), own = await RequestAsync(host, $"now:{second}:1");
        Assert.Equal((nobodys, "Queued", "Job"), await JobAsync(host, "a"));
        Assert.Equal((own, "Queued", "Job"), await JobAsync(host, "b"));

        // The oldest that is not over comes first; once all are, the newest is told of.
        string later = await RequestAsync(host, $"now:{second}:2");
        Assert.Equal(own, (await JobAsync(host, "b"))?.Run);
        await CancelAsync(host, own);
        Assert.Equal((later, "Queued", "Job"), await JobAsync(host, "b"));
        await CancelAsync(host, later);
        Assert.Equal((later, "Cancelled", "Job"), await JobAsync(host, "b"));
    }

    [Fact]
    public async Task What_the_host_trains_itself_is_no_Job()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Models:BuiltIn", "false", "--Retraining:Settle", "00:00:00");
        await PutAsync(host, "a");
        await RequestAsync(host, null);
        Assert.Equal("DataPlane", (await JobAsync(host, "a"))?.Worker);
    }

    /// <summary>Its uid.</summary>
    private static async Task<string> PutAsync(TestDataPlane host, string name)
    {
        object policy = new { managedBy = "Api", spec = new { modelRef = new { model = "fraud" }, actions = new[] { new { severity = "Critical", type = "Retrain" } } } };
        using HttpResponseMessage answer = await host.Client.PutAsJsonAsync(new Uri($"/v1/namespaces/default/driftpolicies/{name}", UriKind.Relative), policy, Cancel);
        string body = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, body);
        return JsonElement.Parse(body).GetProperty("revision").GetProperty("uid").GetString()!;
    }

    private static async Task<string> RequestAsync(TestDataPlane host, string? dedupeKey)
    {
        using HttpResponseMessage answer = await host.Client.PostAsJsonAsync("/v1/retraining-runs", new { model = "fraud", dedupeKey }, Cancel);
        string body = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, body);
        return JsonElement.Parse(body).GetProperty("id").GetString()!;
    }

    private static async Task CancelAsync(TestDataPlane host, string run)
    {
        using HttpResponseMessage answer = await host.Client.PostAsJsonAsync($"/v1/retraining-runs/{run}/cancel", new { reason = "a test" }, Cancel);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancel));
    }

    private static async Task<(string Run, string Phase, string Worker)?> JobAsync(TestDataPlane host, string policy)
    {
        JsonElement status = (await host.GetAsync($"/v1/namespaces/default/driftpolicies/{policy}/status")).GetProperty("status");
        return status.TryGetProperty("lastJob", out JsonElement job) ? (job.GetProperty("runId").GetString()!, job.GetProperty("phase").GetString()!, job.GetProperty("worker").GetString()!) : null;
    }
}
