using System.Net;
using System.Text.Json;
using FinObs.DataPlane.Access.Keys;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Access;

public sealed class ApiKeysTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task A_key_may_what_it_was_made_for_and_its_secret_is_kept_nowhere(DatabaseKind kind)
    {
        await using OidcHost host = await OidcHost.StartAsync(kind);
        string key = await MakeAsync(host, "transaction:create", "transaction:read");

        Assert.Matches("^fok_[0-9a-f]{32}_[A-Za-z0-9_-]{43}$", key);
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/v1/transactions", key)).Status);
        Assert.Equal(HttpStatusCode.OK, await StatusWithHeaderAsync(host, "X-Webhook-Key", key));
        var lacking = await host.GetAsync("/v1/users", key);
        Assert.Equal(HttpStatusCode.Forbidden, lacking.Status);
        Assert.Contains("lacks user:list: make a key that has it", lacking.Body.GetProperty("detail").GetString(), StringComparison.Ordinal);
        string wrong = key[..^1] + (key[^1] == 'A' ? 'B' : 'A');
        foreach (string? refused in (string?[])[wrong, key[..^1], key + "A", "fok_", ApiKeyText.New(Guid.Empty)]) Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/v1/transactions", refused)).Status);

        await using FinObsDbContext db = host.Host.Services.GetRequiredService<IDatabase>().CreateContext();
        ApiKeyRow row = await db.ApiKeys.SingleAsync(TestContext.Current.CancellationToken);
        var list = await host.GetAsync("/v1/access/keys", OidcHost.OperatorKey);
        string kept = JsonSerializer.Serialize(row) + list.Body;
        Assert.DoesNotContain(key[^43..], kept, StringComparison.Ordinal);
        Assert.NotNull(row.LastUsedAt);
    }

    [Theory]
    [InlineData("sar:read", "No key can have sar:read")]
    [InlineData("approval:decide", "No key can have approval:decide")]
    [InlineData("decision:override", "No key can have decision:override")]
    [InlineData("key:manage", "No key can have key:manage")]
    [InlineData("everything", "There is no permission everything")]
    public async Task What_a_key_cannot_have_is_refused(string permission, string expected)
    {
        await using OidcHost host = await OidcHost.StartAsync();

        var refused = await host.AskAsync(HttpMethod.Post, "/v1/access/keys", await host.Issuer.TokenAsync("boss", "admin"), new { name = "pipeline", permissions = new[] { permission } });

        Assert.Contains(expected, refused.Body.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task A_revoked_key_counts_no_more_on_any_replica_a_second_later(DatabaseKind kind)
    {
        await using OidcHost host = await OidcHost.StartAsync(kind);
        await using TestDataPlane replica = await host.Host.StartReplicaAsync(host.Settings);
        using HttpClient other = OidcHost.NewClient(replica);
        string key = await MakeAsync(host, "transaction:read");
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/v1/transactions", key, other)).Status);

        string id = (await host.GetAsync("/v1/access/keys", OidcHost.OperatorKey)).Body.GetProperty("items")[0].GetProperty("id").GetString()!;
        Assert.Equal(HttpStatusCode.NoContent, (await host.AskAsync(HttpMethod.Delete, $"/v1/access/keys/{id}", OidcHost.OperatorKey)).Status);

        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/v1/transactions", key)).Status);
        long began = TimeProvider.System.GetTimestamp();
        while ((await host.GetAsync("/v1/transactions", key, other)).Status == HttpStatusCode.OK) Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(5));
        Assert.Equal(HttpStatusCode.NotFound, (await host.AskAsync(HttpMethod.Delete, $"/v1/access/keys/{id}", OidcHost.OperatorKey)).Status);
    }

    [Fact]
    public async Task A_key_past_its_time_counts_no_more()
    {
        await using OidcHost host = await OidcHost.StartAsync();
        string key = await MakeAsync(host, "transaction:read");
        await using FinObsDbContext db = host.Host.Services.GetRequiredService<IDatabase>().CreateContext();
        await db.ApiKeys.ExecuteUpdateAsync(set => set.SetProperty(row => row.ExpiresAt, DateTimeOffset.UnixEpoch), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, (await host.GetAsync("/v1/transactions", key)).Status);
    }

    [Fact]
    public async Task The_key_of_the_configuration_sends_transactions_and_manages_nothing()
    {
        const string key = "a-key-of-the-environment";
        await using OidcHost host = await OidcHost.StartAsync(DatabaseKind.Sqlite, "--WEBHOOK_API_KEY", key);

        Assert.Equal(HttpStatusCode.OK, await StatusWithHeaderAsync(host, "X-Webhook-Key", key));
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/v1/transactions", key)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.GetAsync("/v1/users", key)).Status);
        Assert.Equal(
            ["delivery:read", "explain:read", "transaction:create", "transaction:read"],
            (await host.GetAsync("/v1/access/me", key)).Body.GetProperty("permissions").EnumerateArray().Select(permission => permission.GetString()));
    }

    [Theory]
    [InlineData(false, HttpStatusCode.Unauthorized)]
    [InlineData(true, HttpStatusCode.OK)]
    public async Task A_key_in_the_address_counts_only_where_that_is_switched_on_and_is_never_logged(bool isOn, HttpStatusCode expected)
    {
        const string key = "a-key-of-the-environment";
        await using AccessHost host = await AccessHost.StartAsync(TimeProvider.System, "--Access:WebhookApiKey", key, "--Access:AllowKeyInQuery", isOn ? "true" : "false");

        Assert.Equal(expected, await host.StatusAsync(null, $"/webhooks/echo?a=1&key={key}&b=2"));
        if (!isOn) return;
        Assert.Equal("?a=1&b=2", (await host.AskAsync(null, $"/webhooks/echo?a=1&key={key}&b=2")).Body);
        Assert.Equal(HttpStatusCode.Unauthorized, await host.StatusAsync(null, $"/who?key={key}"));
        Assert.DoesNotContain(key, host.Log.Text.Replace($"/who?key={key}", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private static async Task<string> MakeAsync(OidcHost host, params string[] permissions)
    {
        var made = await host.AskAsync(HttpMethod.Post, "/v1/access/keys", OidcHost.OperatorKey, new { name = "pipeline", permissions });
        Assert.Equal(HttpStatusCode.Created, made.Status);
        return made.Body.GetProperty("key").GetString()!;
    }

    private static async Task<HttpStatusCode> StatusWithHeaderAsync(OidcHost host, string header, string key)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri("/v1/transactions", UriKind.Relative));
        request.Headers.Add(header, key);
        using HttpResponseMessage answer = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
