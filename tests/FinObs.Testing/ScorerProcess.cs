using System.Net;

namespace FinObs.Testing;

/// <summary>The real image in the role of a scoring pod, in a process of its own on two free loopback ports. It dies with the test, and by <see cref="KillAsync"/> by SIGKILL.</summary>
public sealed class ScorerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly GuardedProcess _process;

    private ScorerProcess(GuardedProcess process, int httpPort, int grpcPort)
    {
        _process = process;
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{httpPort}") };
        GrpcAddress = new Uri($"http://127.0.0.1:{grpcPort}");
    }

    /// <summary>Speaks REST to this process, and is disposed with it.</summary>
    public HttpClient Client { get; }

    public Uri GrpcAddress { get; }

    public string Output => _process.Output;

    /// <summary>Once it has exited.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts it and waits until <c>/health/ready</c> answers 200.</summary>
    /// <param name="workingDirectory">Where it starts.</param>
    /// <param name="digest">The artifact's address.</param>
    /// <param name="artifact">A folder or zip of it.</param>
    /// <param name="arguments">More configuration.</param>
    /// <exception cref="InvalidOperationException">It ended, or was not ready in time; the message holds its output.</exception>
    public static async Task<ScorerProcess> StartAsync(string workingDirectory, string digest, string artifact, params string[] arguments)
    {
        (int http, int grpc) = (FreePort.Next(), FreePort.Next());
        GuardedProcess process = GuardedProcess.Start(
            [
                "dotnet", DataPlaneProcess.Assembly, "--Role", "scorer", "--Scorer:ArtifactDigest", digest, "--Scorer:ArtifactUrl", new Uri(artifact).AbsoluteUri,
                "--Scorer:Address", "127.0.0.1", "--Scorer:HttpPort", $"{http}", "--Scorer:GrpcPort", $"{grpc}", .. arguments,
            ],
            workingDirectory);
        ScorerProcess scorer = new(process, http, grpc);
        try
        {
            await scorer.WaitUntilReadyAsync();
            return scorer;
        }
        catch
        {
            await scorer.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGTERM, as an orchestrator does.</summary>
    public Task TerminateAsync() => _process.SendAsync("TERM");

    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <summary>SIGKILL, at once.</summary>
    public Task KillAsync() => _process.EndAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _process.DisposeAsync();
    }

    private async Task WaitUntilReadyAsync()
    {
        using CancellationTokenSource timeout = new(Deadline);
        while (!_process.HasExited && !timeout.IsCancellationRequested)
        {
            try
            {
                using HttpResponseMessage answer = await Client.GetAsync(new Uri("/health/ready", UriKind.Relative), timeout.Token);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                // Not listening yet, or out of time: the loop's condition tells which.
            }

            await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
        }

        throw new InvalidOperationException($"The scorer {(_process.HasExited ? $"ended with {_process.ExitCode}" : "was not ready in time")}:\n{Output}");
    }
}
