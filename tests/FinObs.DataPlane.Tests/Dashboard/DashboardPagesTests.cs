using System.Net;
using System.Net.Http.Headers;
using FinObs.DataPlane.Access.Examining;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Access;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Dashboard;

/// <summary>The pages as they leave the host, before any script: on both databases, and for each role.</summary>
public sealed class DashboardPagesTests
{
    private const string LargeWire = """{"transaction_id":"first","amount":9800,"type":"wire","account":"secret-account","counterparty":"new-payee"}""";

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task Each_page_shows_what_the_database_holds(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);
        string id = (await host.PostAsync(LargeWire)).GetProperty("results")[0].GetProperty("id").GetString()!;

        Assert.Contains("USD 9,800.00", await PageAsync(host.Client, $"/decisions/{id}"), StringComparison.Ordinal);
        Assert.Contains("secret-account", await PageAsync(host.Client, "/decisions?decision=all&account=secret-account&min_score=0.5&type=wire"), StringComparison.Ordinal);
        foreach (string path in new[] { "/", "/?range=1h", "/?range=7d", "/decisions", "/cases", "/cases?view=mine", "/cases?view=unassigned", "/cases?view=overdue", "/cases?view=resolved", "/approvals", "/approvals?view=mine", "/models", "/drift", "/audit", "/audit?kind=model.*", $"/audit/{id}", "/deliveries", "/find?q=nothing", "/experiments", "/experiments/none", "/policies", "/policies?kind=DriftPolicy", "/policies/DriftPolicy/none", "/connect", "/connect?client=vscode&door=all&tool=what_if", "/compliance", "/compliance?view=all&severity=High", $"/compliance/{id}", "/exports", "/pulls", "/access", $"/access/{id}", "/access/keys", "/access/roles", "/observability" })
        {
            string page = await PageAsync(host.Client, path);
            Assert.DoesNotContain("could not be read", page, StringComparison.Ordinal);
            Assert.Contains("<h1", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_a_role_may_not_do_is_not_there()
    {
        await using OidcHost host = await OidcHost.StartAsync();

        string viewer = await PageAsync(host, "/", "viewer");
        string admin = await PageAsync(host, "/", "admin");

        Assert.DoesNotContain("href=\"/audit\"", viewer, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"/deliveries\"", viewer, StringComparison.Ordinal);
        Assert.Contains("href=\"/audit\"", admin, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(host, "/audit", "viewer")).StatusCode);
    }

    [Fact]
    public async Task Whoever_may_not_read_personal_data_sees_a_token_for_the_account()
    {
        await using OidcHost host = await OidcHost.StartAsync();
        var sent = await host.AskAsync(HttpMethod.Post, "/webhooks/transactions", OidcHost.OperatorKey, new { transaction_id = "one", amount = 9800, type = "wire", account = "secret-account" });
        string id = sent.Body.GetProperty("results")[0].GetProperty("id").GetString()!;

        foreach (string path in new[] { "/decisions?decision=all", $"/decisions/{id}" })
        {
            Assert.DoesNotContain("secret-account", await PageAsync(host, path, "viewer"), StringComparison.Ordinal);
            Assert.Contains("secret-account", await PageAsync(host, path, "analyst"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_examiners_page_has_no_live_connection_and_each_is_a_leaf()
    {
        await using OidcHost host = await OidcHost.StartAsync();

        string examiner = await PageAsync(host, "/decisions", "examiner");
        string analyst = await PageAsync(host, "/decisions", "analyst");

        Assert.DoesNotContain("<!--Blazor:{", examiner, StringComparison.Ordinal);
        Assert.Contains("<!--Blazor:{", analyst, StringComparison.Ordinal);
        await using FinObsDbContext db = host.Host.Services.GetRequiredService<IDatabase>().CreateContext();
        Assert.Equal(1, await db.AuditLeaves.CountAsync(leaf => leaf.Kind == ExaminerReads.Kind, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_program_that_asks_for_the_root_is_led_to_the_reference_of_the_api()
    {
        await using OidcHost host = await OidcHost.StartAsync();
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri("/", UriKind.Relative));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", OidcHost.OperatorKey);

        using HttpResponseMessage answer = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("/docs", answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Pages_run_scripts_of_this_host_only_and_nobody_frames_them()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Models:BuiltIn", "false");
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri("/", UriKind.Relative));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));

        using HttpResponseMessage answer = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        string policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static async Task<string> PageAsync(HttpClient client, string path)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        using HttpResponseMessage answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {(int)answer.StatusCode}");
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<string> PageAsync(OidcHost host, string path, string role)
    {
        using HttpResponseMessage answer = await AskAsync(host, path, role);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path} as {role}: {(int)answer.StatusCode}");
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<HttpResponseMessage> AskAsync(OidcHost host, string path, string role)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await host.Issuer.TokenAsync($"in-the-role-of-{role}", role));
        return await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
