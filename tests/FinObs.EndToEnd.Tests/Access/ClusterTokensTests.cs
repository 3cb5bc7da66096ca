using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using FinObs.EndToEnd.Tests.ModelVersions;
using FinObs.Scoring.Artifacts;
using FinObs.Testing;
using FinObs.Testing.Kubernetes;

namespace FinObs.EndToEnd.Tests.Access;

/// <summary>
/// The whole way of a projected token, with a real API server as its issuer: the data plane has the server's keys by <c>/openid/v1/jwks</c> with a token of its own; a scoring pod has them from the
/// data plane. Pods themselves need a node; what the kubelet would project is asked for by TokenRequest, as the kubelet does.
/// </summary>
[Collection(OneRealCluster.Name)]
public sealed class ClusterTokensTests : IAsyncLifetime
{
    private const string Pod = "card-fraud-1-0-0";
    private static readonly ModelArtifact Artifact = ModelVersionWorld.Artifact("card-fraud", "1.0.0");

    private ModelVersionWorld _world = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        KubernetesServer server = await KubernetesServer.OpenAsync();
        _world = await ModelVersionWorld.CreateAsync(server.Configuration(), hasDeploymentController: false);
        await _world.UploadAsync(Artifact);
        await _world.Access.CreateAccountAsync(Pod);
    }

    public async ValueTask DisposeAsync()
    {
        if (_world is not null) await _world.DisposeAsync();
    }

    [Fact]
    public async Task The_data_plane_tells_the_operator_from_a_workload_and_both_from_strangers()
    {
        string operators = await _world.Access.TokenAsync(WorldAccess.OperatorAccount, WorldAccess.Audience);
        string pods = await _world.Access.TokenAsync(Pod, WorldAccess.Audience);
        string artifact = $"/v1/artifacts/{Artifact.Digest}";

        Assert.Equal(HttpStatusCode.OK, (await AskAsync(operators, "/v1/models")).Status);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(pods, artifact)).Status);
        (HttpStatusCode status, string body) = await AskAsync(pods, "/v1/models");
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains(_world.Access.NameOf(Pod), body, StringComparison.Ordinal);

        // For the API server, for somebody else, with a changed signature, and none at all.
        string[] strange = [await _world.Access.TokenAsync(WorldAccess.OperatorAccount), await _world.Access.TokenAsync(WorldAccess.OperatorAccount, "vault"), operators[..^8] + "AAAAAAAA"];
        foreach (string token in strange) Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(token, artifact)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await AskAsync(null, artifact)).Status);
    }

    [Fact]
    public async Task A_scorer_fetches_by_its_token_and_lets_in_the_data_plane_by_the_relayed_keys()
    {
        using TemporaryFolder folder = new();
        string token = folder.Combine("token");
        await File.WriteAllTextAsync(token, await _world.Access.TokenAsync(Pod, WorldAccess.Audience), Cancel);
        Uri dataPlane = _world.DataPlane.BaseAddress!;
        await using ScorerProcess scorer = await ScorerProcess.StartAsync(
            folder.FullPath, Artifact.Digest, new Uri(dataPlane, $"/v1/artifacts/{Artifact.Digest}").ToString(), "--Scorer:TokenFile", token,
            "--Access:ServiceAccounts:Issuer", _world.Access.Issuer, "--Access:ServiceAccounts:Audience", WorldAccess.Audience,
            "--Access:ServiceAccounts:Jwks", new Uri(dataPlane, "/v1/access/jwks").ToString(), "--Access:ServiceAccounts:Callers:0", _world.Access.NameOf(WorldAccess.DataPlaneAccount));

        Assert.Equal(HttpStatusCode.OK, await InferAsync(scorer, await _world.Access.TokenAsync(WorldAccess.DataPlaneAccount, WorldAccess.Audience)));
        Assert.Equal(HttpStatusCode.Unauthorized, await InferAsync(scorer, await _world.Access.TokenAsync(WorldAccess.OperatorAccount, WorldAccess.Audience)));
        Assert.Equal(HttpStatusCode.Unauthorized, await InferAsync(scorer, await _world.Access.TokenAsync(WorldAccess.DataPlaneAccount)));
        Assert.Equal(HttpStatusCode.Unauthorized, await InferAsync(scorer, null));
    }

    private async Task<(HttpStatusCode Status, string Body)> AskAsync(string? token, string path)
    {
        using HttpClient client = new() { BaseAddress = _world.DataPlane.BaseAddress };
        if (token is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using HttpResponseMessage answer = await client.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        return (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType == "application/zip" ? "" : await answer.Content.ReadAsStringAsync(Cancel));
    }

    private static async Task<HttpStatusCode> InferAsync(ScorerProcess scorer, string? token)
    {
        int features = Artifact.Manifest.Features.Names.Length;
        string body = JsonSerializer.Serialize(new { inputs = new[] { new { name = "features", datatype = "FP32", shape = new[] { 1, features }, data = new float[features] } } });
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri("/v2/models/card-fraud/infer", UriKind.Relative)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using HttpResponseMessage answer = await scorer.Client.SendAsync(request, Cancel);
        return answer.StatusCode;
    }
}
