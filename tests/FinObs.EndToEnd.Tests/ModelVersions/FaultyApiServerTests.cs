using System.Net;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Scoring.Artifacts;
using FinObs.Testing.Kubernetes;
using k8s.Models;
using Microsoft.AspNetCore.Http;
using static FinObs.EndToEnd.Tests.ModelVersions.ModelVersionWorld;

namespace FinObs.EndToEnd.Tests.ModelVersions;

/// <summary>An API server that refuses, fails and is in a hurry, as only the one inside the process does when told to.</summary>
public sealed class FaultyApiServerTests
{
    private const string Name = "card-fraud-1.0.0";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Conflicts_and_faults_are_got_over_and_nothing_is_made_twice()
    {
        await using InProcessKubernetes kubernetes = await InProcessKubernetes.StartAsync();
        await using ModelVersionWorld world = await CreateAsync(kubernetes.Configuration(), hasDeploymentController: false);
        kubernetes.FailNext(3, HttpStatusCode.Conflict, request => IsOperators(request, "PUT", "/status"));
        kubernetes.FailNext(2, HttpStatusCode.Conflict, request => IsOperators(request, "PATCH", "/deployments/"));
        kubernetes.FailNext(2, HttpStatusCode.InternalServerError, request => IsOperators(request, "PATCH", "/services/"));
        kubernetes.FailNext(2, HttpStatusCode.TooManyRequests, request => IsOperators(request, "PATCH", "/networkpolicies/"));
        kubernetes.FailNext(1, HttpStatusCode.ServiceUnavailable, request => IsOperators(request, "PATCH", "/modelversions/"));
        kubernetes.FailNext(3, HttpStatusCode.InternalServerError, request => IsOperators(request, "POST", "/events"));

        ModelArtifact artifact = Artifact("card-fraud", "1.0.0");
        await world.UploadAsync(artifact);
        await world.Client<ModelVersion>().CreateAsync(world.Version("card-fraud", "1.0.0", artifact.Digest), Cancel);
        await Until.TrueAsync(world.HasEveryChildAsync);
        kubernetes.DropWatches();
        await world.Node.MakeReadyAsync((await world.ChildAsync<V1Deployment>())!);
        ModelVersion ready = await world.UntilAsync(Name, version => Of(version, "Ready") == "True Succeeded");
        Assert.Equal(2, ready.Status!.ReadyReplicas);
        Assert.Equal(ready.Metadata.Generation, ready.Status.ObservedGeneration);
        Assert.Equal("card-fraud@1.0.0", await world.DeciderAsync());
    }

    private static bool IsOperators(HttpRequest request, string method, string part) =>
        request.Method == method && request.Path.Value!.Contains(part, StringComparison.Ordinal) && request.Headers.Authorization.ToString().EndsWith(WorldAccess.OperatorAccount, StringComparison.Ordinal);
}
