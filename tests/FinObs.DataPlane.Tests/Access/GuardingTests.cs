using System.Net;
using FinObs.DataPlane.Access.Guarding;
using FinObs.DataPlane.Storage;
using FinObs.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FinObs.DataPlane.Tests.Access;

public sealed class GuardingTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task After_ten_wrong_credentials_an_address_is_not_listened_to_for_the_minute_but_for_those_who_are_known()
    {
        await using AccessHost host = await AccessHost.StartAsync(_time, "--Access:ApiKeyFile", Keys());
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync("known-key"));
        for (int i = 0; i < 10; i++) Assert.Equal(HttpStatusCode.Unauthorized, await host.StatusAsync($"guess-{i}"));

        Assert.Equal(HttpStatusCode.TooManyRequests, await host.StatusAsync("guess-10"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await host.StatusAsync("other-key"));
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync("known-key"));
        Assert.Equal(HttpStatusCode.Unauthorized, await host.StatusAsync(null));

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync("other-key"));
    }

    [Fact]
    public async Task A_key_may_ask_so_many_times_a_minute_and_machines_of_the_installation_as_often_as_they_like()
    {
        await using AccessHost host = await AccessHost.StartAsync(_time, "--Access:ApiKeyFile", Keys(), "--Access:WebhookApiKey", "a-key-of-the-environment", "--Access:RateLimit:RequestsPerMinute", "3");
        for (int i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.OK, await host.StatusAsync("a-key-of-the-environment", "/webhooks/echo"));

        Assert.Equal(HttpStatusCode.TooManyRequests, await host.StatusAsync("a-key-of-the-environment", "/webhooks/echo"));
        for (int i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.OK, await host.StatusAsync("known-key", "/webhooks/echo"));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync("a-key-of-the-environment", "/webhooks/echo"));
    }

    [Fact]
    public void Names_beyond_the_limit_share_a_count_and_take_no_memory()
    {
        MinuteCounter counter = new(_time);
        for (int i = 0; i < 60_000; i++) counter.Add($"{i}");

        Assert.Equal(1, counter.CountOf("0"));
        Assert.Equal(10_000, counter.CountOf("59999"));
    }

    [Theory]
    [InlineData("localhost:5080", null, HttpStatusCode.OK)]
    [InlineData("127.0.0.1", null, HttpStatusCode.OK)]
    [InlineData("[::1]:5080", "http://localhost:5080", HttpStatusCode.OK)]
    [InlineData("rebound.example", null, HttpStatusCode.Forbidden)]
    [InlineData("localhost.evil.example", null, HttpStatusCode.Forbidden)]
    [InlineData("localhost:5080", "https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("localhost:5080", "null", HttpStatusCode.Forbidden)]
    public async Task Without_access_only_requests_meant_for_this_machine_are_heard(string host, string? origin, HttpStatusCode expected)
    {
        await using AccessHost access = await AccessHost.StartAsync(_time);
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri("/v1/access/me", UriKind.Relative)) { Headers = { Host = host } };
        if (origin is not null) request.Headers.Add("Origin", origin);

        using HttpResponseMessage answer = await access.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(expected, answer.StatusCode);
        if (expected == HttpStatusCode.OK) Assert.Contains("\"name\":\"local\",\"kind\":\"local\",\"roles\":[\"admin\"]", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Data_is_never_run_and_the_reference_of_the_API_runs_what_this_host_serves()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Models:BuiltIn", "false");

        using HttpResponseMessage data = await host.Client.GetAsync(new Uri("/v1/resources", UriKind.Relative), TestContext.Current.CancellationToken);
        using HttpResponseMessage page = await host.Client.GetAsync(new Uri("/docs", UriKind.Relative), TestContext.Current.CancellationToken);
        string html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal("default-src 'none'; frame-ancestors 'none'", data.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", data.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", data.Headers.GetValues("Referrer-Policy").Single());
        Assert.Contains("script-src 'self' 'unsafe-inline'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("src=\"http", html, StringComparison.Ordinal);
        Assert.False(page.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("https://app.bank.example", true)]
    [InlineData("https://evil.example", false)]
    public async Task Another_origin_is_let_in_only_where_it_is_named(string origin, bool isAllowed)
    {
        await using AccessHost host = await AccessHost.StartAsync(_time, "--Access:ApiKeyFile", Keys(), "--Access:Cors:Origins:0", "https://app.bank.example");
        using HttpRequestMessage preflight = new(HttpMethod.Options, new Uri("/who", UriKind.Relative));
        preflight.Headers.Add("Origin", origin);
        preflight.Headers.Add("Access-Control-Request-Method", "GET");

        using HttpResponseMessage answer = await host.Client.SendAsync(preflight, TestContext.Current.CancellationToken);

        Assert.Equal(isAllowed, answer.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
    }

    private string Keys()
    {
        string path = _folder.Combine("keys");
        File.WriteAllText(path, "known-key\nother-key\n");
        return path;
    }
}
