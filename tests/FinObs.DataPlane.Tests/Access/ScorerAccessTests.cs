using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using FinObs.DataPlane.Inference;
using FinObs.DataPlane.Scorer;
using FinObs.DataPlane.Tests.Scorer;
using FinObs.Testing;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;

namespace FinObs.DataPlane.Tests.Access;

/// <summary>A scoring pod lets in the data plane, by its token, and whoever has the key; over both protocols.</summary>
public sealed class ScorerAccessTests
{
    public const string DataPlane = "system:serviceaccount:finobs-system:finobs-data-plane";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));

    [Fact]
    public async Task A_named_service_account_infers_and_no_other_does()
    {
        await using TestIssuer issuer = await TestIssuer.StartAsync();
        await using TestScorer scorer = await TestScorer.StartReadyAsync([.. issuer.Settings, "--Access:ServiceAccounts:Callers:0", DataPlane]);

        await AssertInfersAsync(scorer, issuer.Token(DataPlane));
        await AssertInfersAsync(scorer, issuer.Token(DataPlane, issuer.Ecdsa));
        foreach (string? shown in (string?[])
        [
            null, "x", issuer.Token(TestIssuer.Workload), issuer.Token(TestIssuer.Operator), issuer.Token(DataPlane, new RsaKey("stranger")),
            issuer.Token(DataPlane, claims: claims => claims["aud"] = "vault"), issuer.Token(DataPlane, claims: claims => claims["exp"] = 1),
        ])
        {
            await AssertRefusedAsync(scorer, shown);
        }
    }

    [Fact]
    public async Task Keys_and_tokens_stand_beside_each_other()
    {
        using TemporaryFolder folder = new();
        string keys = folder.Combine("keys");
        await File.WriteAllTextAsync(keys, "old\nnew\n", TestContext.Current.CancellationToken);
        await using TestIssuer issuer = await TestIssuer.StartAsync();
        await using TestScorer scorer = await TestScorer.StartReadyAsync([.. issuer.Settings, "--Access:ServiceAccounts:Callers:0", DataPlane, "--Scorer:Access:ApiKeyFile", keys]);

        await AssertInfersAsync(scorer, "old");
        await AssertInfersAsync(scorer, "new");
        await AssertInfersAsync(scorer, issuer.Token(DataPlane));
        await AssertRefusedAsync(scorer, "older");
    }

    [Fact]
    public async Task Health_and_status_are_open_and_say_no_more_than_names_and_reasons()
    {
        await using TestIssuer issuer = await TestIssuer.StartAsync();
        issuer.Instead = (503, "");
        await using TestScorer scorer = await TestScorer.StartReadyAsync([.. issuer.Settings, "--Access:ServiceAccounts:Callers:0", DataPlane]);

        foreach (string path in (string[])["/health/live", "/health/ready", "/v2/health/live", "/v2/health/ready", "/v1/scorer/status"])
        {
            using HttpResponseMessage answer = await scorer.Http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.True((await scorer.Grpc.ServerLiveAsync(new(), cancellationToken: TestContext.Current.CancellationToken)).Live);
        Assert.True((await scorer.Grpc.ServerReadyAsync(new(), cancellationToken: TestContext.Current.CancellationToken)).Ready);
        Assert.Equal(0, issuer.Fetches);

        // Open is what is named, not what looks like it.
        foreach (string path in (string[])["/health/ready/", "/Health/Ready", "/v2/health/ready/../../models", "/v2", "/nothing"])
        {
            using HttpResponseMessage answer = await scorer.Http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_key_that_is_changed_in_its_file_counts_without_a_restart()
    {
        using TemporaryFolder folder = new();
        string keys = folder.Combine("keys");
        await File.WriteAllTextAsync(keys, "first", TestContext.Current.CancellationToken);
        await using TestScorer scorer = await TestScorer.StartAsync(_time, "--Scorer:Access:ApiKeyFile", keys);
        await scorer.UntilAsync(ScorerReason.Ready);
        await AssertInfersAsync(scorer, "first");

        await File.WriteAllTextAsync(keys, "second", TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(6));

        await AssertInfersAsync(scorer, "second");
        await AssertRefusedAsync(scorer, "first");
    }

    private static async Task AssertInfersAsync(TestScorer scorer, string shown)
    {
        using HttpResponseMessage answer = await PostAsync(scorer, shown);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.NotEmpty((await InferAsync(scorer, shown)).Outputs);
    }

    private static async Task AssertRefusedAsync(TestScorer scorer, string? shown)
    {
        using HttpResponseMessage answer = await PostAsync(scorer, shown);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        string error = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("error").GetString()!;
        Assert.Contains("Access:ServiceAccounts:Callers", error, StringComparison.Ordinal);
        if (shown is { Length: > 1 }) Assert.DoesNotContain(shown, error, StringComparison.Ordinal);
        RpcException refusal = await Assert.ThrowsAsync<RpcException>(() => InferAsync(scorer, shown));
        Assert.Equal(StatusCode.Unauthenticated, refusal.StatusCode);
    }

    private static async Task<HttpResponseMessage> PostAsync(TestScorer scorer, string? shown)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri($"/v2/models/{TestScorer.Model.Manifest.Model}/infer", UriKind.Relative))
        {
            Content = new StringContent(Asking.Json(TestScorer.Rows(1)), Encoding.UTF8, "application/json"),
        };
        if (shown is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", shown);
        return await scorer.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static Task<ModelInferResponse> InferAsync(TestScorer scorer, string? shown)
    {
        Metadata metadata = [];
        if (shown is not null) metadata.Add("authorization", $"Bearer {shown}");
        return scorer.Grpc.ModelInferAsync(Asking.Request(TestScorer.Rows(1), raw: true), metadata, cancellationToken: TestContext.Current.CancellationToken).ResponseAsync;
    }
}
