using FinObs.DataPlane.Storage;
using FinObs.Testing;

namespace FinObs.EndToEnd.Tests.Telemetry;

/// <summary>The image has neither a shell nor curl: its health check is a word on its own command line.</summary>
public sealed class HealthCommandTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_ends_well_where_the_host_is_ready_and_says_so_where_nobody_answers()
    {
        await using Installation installation = await Installation.CreateAsync(DatabaseKind.Sqlite);
        await using DataPlaneProcess host = await installation.StartAsync();

        string ready = await DataPlaneProcess.RunAsync(installation.Folder, ["health", "--url", new Uri(host.Address, "/health/ready").ToString()], Cancel);
        InvalidOperationException away = await Assert.ThrowsAsync<InvalidOperationException>(
            () => DataPlaneProcess.RunAsync(installation.Folder, ["health", "--url", $"http://127.0.0.1:{FreePort.Next()}/health/ready"], Cancel));

        Assert.Contains("\"ready\"", ready, StringComparison.Ordinal);
        Assert.Contains("ended with 1", away.Message, StringComparison.Ordinal);
        Assert.Contains("does not answer", away.Message, StringComparison.Ordinal);
    }
}
