using System.Net;
using System.Text.Json;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Access;

namespace FinObs.DataPlane.Tests.Retraining;

/// <summary>What a retraining Job may by the token of its service account.</summary>
public sealed class TrainerAccessTests
{
    private const string Trainer = "system:serviceaccount:payments:finobs-retraining";
    private const string Another = "system:serviceaccount:other:finobs-retraining";

    private static readonly string[] Settings = ["--Access:ServiceAccounts:Trainer", "finobs-retraining", "--Retraining:Runner", "Job", "--Retraining:Settle", "00:00:00"];

    [Fact]
    public async Task It_takes_the_runs_of_its_own_namespace_and_sees_no_others()
    {
        await using TestIssuer cluster = await TestIssuer.StartAsync();
        await using OidcHost host = await OidcHost.StartAsync(DatabaseKind.Sqlite, [.. cluster.Settings, .. Settings]);
        JsonElement run = (await host.AskAsync(HttpMethod.Post, "/v1/retraining-runs", cluster.Token(TestIssuer.Operator), new { @namespace = "payments", model = "fraud" })).Body;
        string path = $"/v1/retraining-runs/{run.GetProperty("id").GetString()}", window = $"/v1/training-windows/{run.GetProperty("windowId").GetString()}";

        Assert.Equal(HttpStatusCode.NotFound, (await host.AskAsync(HttpMethod.Post, $"{path}/claim", cluster.Token(Another))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.AskAsync(HttpMethod.Post, $"{path}/claim", cluster.Token(TestIssuer.Workload))).Status);
        (HttpStatusCode status, JsonElement claimed) = await host.AskAsync(HttpMethod.Post, $"{path}/claim", cluster.Token(Trainer));
        Assert.Equal(HttpStatusCode.OK, status);

        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync(window, cluster.Token(Trainer))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await host.GetAsync(window, cluster.Token(Another))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.GetAsync(window, cluster.Token(TestIssuer.Workload))).Status);
        object failed = new { lease = claimed.GetProperty("lease").GetString(), failure = "too little" };
        Assert.Equal(HttpStatusCode.NotFound, (await host.AskAsync(HttpMethod.Post, $"{path}/result", cluster.Token(Another), failed)).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.AskAsync(HttpMethod.Post, $"{path}/result", cluster.Token(Trainer), failed)).Status);
    }

    [Fact]
    public async Task It_may_upload_what_it_trained_and_nothing_else()
    {
        await using TestIssuer cluster = await TestIssuer.StartAsync();
        await using OidcHost host = await OidcHost.StartAsync(DatabaseKind.Sqlite, [.. cluster.Settings, .. Settings]);
        string token = cluster.Token(Trainer);

        // Let in, and told what is wrong with it.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await host.AskAsync(HttpMethod.Put, "/v1/artifacts/x", token)).Status);
        (HttpMethod Method, string Path)[] closed =
        [
            (HttpMethod.Post, "/v1/retraining-runs"), (HttpMethod.Get, "/v1/retraining-runs"), (HttpMethod.Post, "/v1/training-windows"), (HttpMethod.Get, "/v1/artifacts"), (HttpMethod.Get, "/v1/rollouts"),
            (HttpMethod.Post, "/v1/rollouts/payments/fraud-1.0.0/promote"), (HttpMethod.Put, "/v1/namespaces/payments/modelversions/fraud-1.0.0"), (HttpMethod.Get, "/v1/transactions"),
        ];
        foreach ((HttpMethod method, string path) in closed) Assert.Equal((path, HttpStatusCode.Forbidden), (path, (await host.AskAsync(method, path, token, method == HttpMethod.Get ? null : new { })).Status));
    }
}
