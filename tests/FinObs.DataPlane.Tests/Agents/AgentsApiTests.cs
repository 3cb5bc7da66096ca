using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Tests.Agents;

/// <summary>Asking for a run over HTTP, and reading it.</summary>
public sealed class AgentsApiTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_look_is_asked_for_read_and_listed()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Models:BuiltIn", "false");
        JsonElement opened = await SendAsync(host, "/v1/cases", new { type = "suspicious_transactions", title = "A pattern", severity = "Critical" }, HttpStatusCode.Created);
        string id = opened.GetProperty("id").GetString()!;

        JsonElement run = await SendAsync(host, "/v1/agents/incident_triage/runs", new { caseId = id }, HttpStatusCode.OK);

        Assert.Equal(("Asked", "local", id), (Text(run.GetProperty("run"), "state"), Text(run.GetProperty("run"), "requestedBy"), Text(run.GetProperty("run"), "subjectId")));
        Assert.Equal(("critical", "heuristic"), (Text(run.GetProperty("finding"), "risk_level"), Text(run.GetProperty("finding"), "source")));
        Assert.Equal(["Proposed", "Asked"], run.GetProperty("actions").EnumerateArray().Select(action => Text(action, "state")));
        string runId = Text(run.GetProperty("run"), "id")!;
        Assert.Equal(run.GetRawText(), (await host.GetAsync($"/v1/agents/runs/{runId}")).GetRawText());
        JsonElement listed = Assert.Single((await host.GetAsync($"/v1/agents/runs?state=asked&agent=incident_triage&subject={id}")).GetProperty("items").EnumerateArray());
        Assert.Equal(runId, Text(listed, "id"));
        JsonElement request = Assert.Single((await host.GetAsync($"/v1/approvals?about={id}")).GetProperty("items").EnumerateArray());
        Assert.Equal("agent.case.escalate", Text(request, "action"));
    }

    [Fact]
    public async Task What_cannot_be_looked_at_is_refused_in_words()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Models:BuiltIn", "false");
        await SendAsync(host, "/v1/agents/oracle/runs", new { }, HttpStatusCode.BadRequest);
        await SendAsync(host, "/v1/agents/incident_triage/runs", new { decisionId = Guid.Empty }, HttpStatusCode.BadRequest);
        await SendAsync(host, "/v1/agents/audit_summary/runs", new { from = "2026-01-01T00:00:00Z", to = "2026-03-01T00:00:00Z" }, HttpStatusCode.BadRequest);

        JsonElement gone = await SendAsync(host, "/v1/agents/compliance_check/runs", new { decisionId = Guid.Empty }, HttpStatusCode.OK);
        Assert.Equal("Failed", Text(gone.GetProperty("run"), "state"));
        Assert.Equal(4, (await host.GetAsync("/v1/agents")).GetProperty("items").GetArrayLength());
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static async Task<JsonElement> SendAsync(TestDataPlane host, string path, object body, HttpStatusCode status)
    {
        using HttpResponseMessage answer = await host.Client.PostAsJsonAsync(path, body, Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.StatusCode == status, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
