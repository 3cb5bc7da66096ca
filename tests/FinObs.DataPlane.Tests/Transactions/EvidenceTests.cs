using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FinObs.DataPlane.Audit.Notes;
using FinObs.DataPlane.Audit.Verification;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Resources;

namespace FinObs.DataPlane.Tests.Transactions;

/// <summary>One decision's proof as a file.</summary>
public class EvidenceTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task Whoever_asks_again_as_told_gets_a_file_that_verifies_offline(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);
        await host.PostAsync("""{"transaction_id":"e-1","amount":9800,"type":"wire","account":"a-1"}""");

        using HttpResponseMessage evidence = await UntilCoveredAsync(host, "/v1/transactions/e-1/evidence");

        NoteVerifier key = NoteVerifier.Parse((await host.Client.GetStringAsync(new Uri("/v1/audit/key", UriKind.Relative), TestContext.Current.CancellationToken)).TrimEnd('\n'));
        await using Stream file = await evidence.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        VerificationReport report = EvidenceVerifier.Verify(file, key);
        Assert.Empty(report.Findings);
        Assert.Equal(1, report.Payloads);
        JsonElement audit = (await host.GetAsync("/v1/transactions/e-1")).GetProperty("audit");

        // Before it stand the model's own leaves: its artifact, and the route to it.
        Assert.Equal(("integrated", 2), (audit.GetProperty("status").GetString(), audit.GetProperty("index").GetInt64()));
    }

    /// <summary>Two transactions of one account, for review as there is no model: the case is opened by the first and grows by the second, whose evidence has to show both, for only the second leaf names it.</summary>
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task The_case_of_a_decision_and_what_people_did_in_it_is_in_its_evidence(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, "--Models:BuiltIn", "false", "--Cases:FromEvents", "true");
        CancellationToken stop = TestContext.Current.CancellationToken;
        await host.PostAsync("""{"transaction_id":"first","amount":990000,"type":"wire","account":"a-1"}""");
        await Door.UntilAsync(() => host.GetAsync("/v1/cases"), list => list.GetProperty("items").GetArrayLength() == 1);
        await host.PostAsync("""{"transaction_id":"second","amount":995000,"type":"wire","account":"a-1"}""");
        JsonElement cases = await Door.UntilAsync(() => host.GetAsync("/v1/cases"), list => list.GetProperty("items")[0].GetProperty("transactions").GetInt32() == 2);
        Guid id = cases.GetProperty("items")[0].GetProperty("id").GetGuid();
        using (HttpResponseMessage comment = await host.Client.PostAsJsonAsync(new Uri($"/v1/cases/{id}/comment", UriKind.Relative), new { comment = "Called the customer." }, stop))
        {
            Assert.True(comment.IsSuccessStatusCode, await comment.Content.ReadAsStringAsync(stop));
        }

        NoteVerifier key = NoteVerifier.Parse((await host.Client.GetStringAsync(new Uri("/v1/audit/key", UriKind.Relative), stop)).TrimEnd('\n'));
        VerificationReport report = await Door.UntilAsync(
            async () =>
            {
                using HttpResponseMessage evidence = await UntilCoveredAsync(host, "/v1/transactions/second/evidence");
                return EvidenceVerifier.Verify(await evidence.Content.ReadAsStreamAsync(stop), key);
            },
            read => read.Leaves >= 4);

        Assert.DoesNotContain(report.Findings, finding => finding.Kind != FindingKind.Unproven);
        Assert.Equal(4, report.Payloads);
        string[] story = [.. (await host.GetAsync($"/v1/audit/story/{(await host.GetAsync("/v1/transactions/second")).GetProperty("id").GetGuid()}")).GetProperty("items").EnumerateArray().Select(act => act.GetProperty("kind").GetString()!)];
        Assert.Equal(["case.commented", "case.grew", "case.opened", "decision.made"], story.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_decision_that_no_checkpoint_covers_yet_is_pending_and_says_when_to_ask_again()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Audit:CheckpointInterval", "00:01:00");

        // The model's own leaves are signed as soon as they are there; the next signature is a minute away, whether or not a leaf has its number.
        (await UntilCoveredAsync(host, "/v1/audit/checkpoint", HttpStatusCode.NotFound)).Dispose();
        await host.PostAsync("""{"transaction_id":"waits","amount":5}""");
        using HttpResponseMessage evidence = await host.Client.GetAsync(new Uri("/v1/transactions/waits/evidence", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, evidence.StatusCode);
        Assert.Equal("1", evidence.Headers.RetryAfter?.ToString());
        JsonElement audit = (await host.GetAsync("/v1/transactions/waits")).GetProperty("audit");
        Assert.Equal(("pending", JsonValueKind.Null), (audit.GetProperty("status").GetString(), audit.GetProperty("index").ValueKind));
    }

    private static async Task<HttpResponseMessage> UntilCoveredAsync(TestDataPlane host, string path, HttpStatusCode meanwhile = HttpStatusCode.ServiceUnavailable)
    {
        while (true)
        {
            HttpResponseMessage response = await host.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            Assert.Equal(meanwhile, response.StatusCode);
            Assert.True(meanwhile != HttpStatusCode.ServiceUnavailable || response.Headers.RetryAfter?.ToString() == "1");
            response.Dispose();
            await Task.Yield();
        }
    }
}
