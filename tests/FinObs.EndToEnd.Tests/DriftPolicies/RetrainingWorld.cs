using FinObs.EndToEnd.Tests.ModelVersions;
using FinObs.Testing.Kubernetes;

namespace FinObs.EndToEnd.Tests.DriftPolicies;

/// <summary>One cluster, data plane and operator for all tests of a class.</summary>
public interface IRetrainingWorld
{
    /// <summary>A <see cref="ModelVersionWorld"/>. Skips the test where there is no such cluster.</summary>
    Task<object> OpenAsync();
}

/// <summary>A world in which Jobs train; started by the first test.</summary>
public sealed class RetrainingWorld<TCluster> : IRetrainingWorld, IAsyncDisposable
    where TCluster : ITestCluster, new()
{
    private readonly TCluster _cluster = new();
    private ModelVersionWorld? _world;

    public async Task<object> OpenAsync() => _world ??= await ModelVersionWorld.CreateAsync(
        await _cluster.ConnectAsync(), hasDeploymentController: true, "--Retraining:Runner", "Job", "--Retraining:Settle", "00:00:00", "--Retraining:Period", "00:00:00.200");

    public async ValueTask DisposeAsync()
    {
        if (_world is not null) await _world.DisposeAsync();
        if (_cluster is IAsyncDisposable cluster) await cluster.DisposeAsync();
    }
}
