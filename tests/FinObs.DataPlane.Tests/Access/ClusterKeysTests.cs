using System.Net;
using System.Text.Json;
using FinObs.DataPlane.Access;
using FinObs.Testing;
using Microsoft.Extensions.Time.Testing;

namespace FinObs.DataPlane.Tests.Access;

public sealed class ClusterKeysTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));
    private TestIssuer _issuer = null!;

    public async ValueTask InitializeAsync() => _issuer = await TestIssuer.StartAsync(_time);

    public async ValueTask DisposeAsync() => await _issuer.DisposeAsync();

    [Fact]
    public async Task A_new_key_is_fetched_by_the_first_token_that_names_it()
    {
        await using AccessHost host = await AccessHost.StartAsync(_time, _issuer.Settings);
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(_issuer.Token(TestIssuer.Operator)));
        SigningKey next = _issuer.Publish(new RsaKey("rsa-2"));
        _time.Advance(ClusterKeys.RefreshInterval);

        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(_issuer.Token(TestIssuer.Operator, next)));
        Assert.Equal(2, _issuer.Fetches);
    }

    [Fact]
    public async Task However_many_tokens_name_a_key_that_nobody_knows_the_issuer_is_asked_once_an_interval()
    {
        await using AccessHost host = await AccessHost.StartAsync(_time, _issuer.Settings);
        SigningKey stranger = new RsaKey("stranger");
        for (int round = 1; round <= 3; round++)
        {
            string[] tokens = [.. Enumerable.Range(0, 8).Select(_ => _issuer.Token(TestIssuer.Operator, stranger))];
            Assert.All(await Task.WhenAll(tokens.Select(token => host.StatusAsync(token))), status => Assert.Equal(HttpStatusCode.Unauthorized, status));
            Assert.Equal(round, _issuer.Fetches);
            _time.Advance(ClusterKeys.RefreshInterval);
        }
    }

    [Fact]
    public async Task An_issuer_that_is_away_at_the_start_lets_nobody_in_and_is_asked_again()
    {
        _issuer.Instead = (503, "");
        await using AccessHost host = await AccessHost.StartAsync(_time, _issuer.Settings);
        string token = _issuer.Token(TestIssuer.Operator);

        Assert.Equal(HttpStatusCode.Unauthorized, await host.StatusAsync(token));
        (HttpStatusCode status, string body) = await host.AskAsync(null, "/v1/access/jwks");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("Ask again", AccessHost.DetailOf(body), StringComparison.Ordinal);
        Assert.Equal(1, _issuer.Fetches);
        Assert.Contains($"cannot be fetched from {_issuer.JwksUrl}", host.Log.Text, StringComparison.Ordinal);

        _issuer.Instead = null;
        _time.Advance(ClusterKeys.RetryInterval);
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(token));
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(200, "{}")]
    [InlineData(200, "<html>")]
    [InlineData(200, """{"keys":[]}""")]
    [InlineData(302, "")]
    public async Task An_issuer_that_goes_away_later_locks_nobody_out(int status, string body)
    {
        await using AccessHost host = await AccessHost.StartAsync(_time, _issuer.Settings);
        string token = _issuer.Token(TestIssuer.Operator);
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(token));
        _issuer.Instead = (status, body);
        _time.Advance(ClusterKeys.Fresh);

        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(token));
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(null, "/v1/access/jwks"));
        Assert.Equal(2, _issuer.Fetches);
        Assert.Contains("The last ones count.", host.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_was_taken_back_counts_until_the_keys_are_old()
    {
        await using AccessHost host = await AccessHost.StartAsync(_time, _issuer.Settings);
        string token = _issuer.Token(TestIssuer.Operator);
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(token));
        _issuer.PublishOnly(new RsaKey("rsa-2"));

        _time.Advance(ClusterKeys.Fresh - TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(token));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await host.StatusAsync(token));
    }

    [Fact]
    public async Task The_token_for_the_issuer_is_read_anew_for_each_fetch_and_a_file_will_do_for_an_issuer()
    {
        using TemporaryFolder folder = new();
        string token = folder.Combine("token"), file = folder.Combine("jwks.json");
        await File.WriteAllTextAsync(token, "first\n", TestContext.Current.CancellationToken);
        await using AccessHost host = await AccessHost.StartAsync(_time, [.. _issuer.Settings, "--Access:ServiceAccounts:TokenFile", token]);
        Assert.Equal(HttpStatusCode.OK, await host.StatusAsync(_issuer.Token(TestIssuer.Operator)));
        Assert.Equal("Bearer first", _issuer.Shown);
        await File.WriteAllTextAsync(token, "second\n", TestContext.Current.CancellationToken);
        _time.Advance(ClusterKeys.Fresh);
        (_, string keys) = await host.AskAsync(null, "/v1/access/jwks");
        Assert.Equal("Bearer second", _issuer.Shown);

        await File.WriteAllTextAsync(file, keys, TestContext.Current.CancellationToken);
        await using AccessHost offline = await AccessHost.StartAsync(_time, [.. _issuer.Settings, "--Access:ServiceAccounts:Jwks", file]);
        Assert.Equal(HttpStatusCode.OK, await offline.StatusAsync(_issuer.Token(TestIssuer.Operator, _issuer.Ecdsa)));
    }

    [Fact]
    public async Task The_relay_gives_public_members_and_no_others_and_another_host_can_verify_by_it()
    {
        await using AccessHost host = await AccessHost.StartAsync(_time, _issuer.Settings);
        (HttpStatusCode status, string body) = await host.AskAsync(null, "/v1/access/jwks");
        Assert.Equal(HttpStatusCode.OK, status);
        JsonElement[] keys = [.. JsonDocument.Parse(body).RootElement.GetProperty("keys").EnumerateArray()];
        Assert.Equal(["kty,use,kid,alg,n,e", "kty,use,kid,alg,crv,x,y"], keys.Select(key => string.Join(',', key.EnumerateObject().Select(member => member.Name))));

        string relay = new Uri(host.Client.BaseAddress!, "/v1/access/jwks").ToString();
        await using AccessHost pod = await AccessHost.StartAsync(_time, [.. _issuer.Settings, "--Access:ServiceAccounts:Jwks", relay]);
        Assert.Equal(HttpStatusCode.OK, await pod.StatusAsync(_issuer.Token(TestIssuer.Operator)));

        // A new key comes through both, without anybody's waiting for the age of the first.
        SigningKey next = _issuer.Publish(new EcdsaKey("ec-2"));
        _time.Advance(ClusterKeys.RefreshInterval);
        Assert.Equal(HttpStatusCode.OK, await pod.StatusAsync(_issuer.Token(TestIssuer.Operator, next)));
    }

    [Fact]
    public async Task Without_an_issuer_there_is_nothing_to_relay()
    {
        await using AccessHost host = await AccessHost.StartAsync(_time);

        (HttpStatusCode status, string body) = await host.AskAsync(null, "/v1/access/jwks");

        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("Access:ServiceAccounts:Issuer", AccessHost.DetailOf(body), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, "local"), await host.AskAsync("whatever"));
    }
}
