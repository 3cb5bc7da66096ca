using FinObs.DataPlane.Inference;
using FinObs.DataPlane.Scorer;
using FinObs.Scoring;
using FinObs.Scoring.Artifacts;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Scorer;

/// <summary>The real host in the role of a scoring pod, on two real ports.</summary>
internal sealed class TestScorer : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;

    private TestScorer(WebApplication app)
    {
        _app = app;
        string[] addresses = [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];
        (HttpAddress, GrpcAddress) = (new Uri(addresses[0]), new Uri(addresses[1]));
        Http = new HttpClient { BaseAddress = HttpAddress };
        _channel = GrpcChannel.ForAddress(GrpcAddress);
        Grpc = new GRPCInferenceService.GRPCInferenceServiceClient(_channel);
    }

    /// <summary>The built-in model, in process: what every answer is compared with.</summary>
    public static ModelArtifact Artifact { get; } = ModelArtifact.Read(TestDataPlane.ModelFolder);

    public static IScoringModel Model { get; } = Artifact.Open();

    public Uri HttpAddress { get; }

    public Uri GrpcAddress { get; }

    public HttpClient Http { get; }

    public GRPCInferenceService.GRPCInferenceServiceClient Grpc { get; }

    public IServiceProvider Services => _app.Services;

    public ScorerStatus Status => _app.Services.GetRequiredService<ScorerState>().Status;

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    /// <summary>Starts it; by default with the built-in model from its folder.</summary>
    public static async Task<TestScorer> StartAsync(TimeProvider? time = null, params string[] args)
    {
        WebApplication app = ScorerHost.Build(
            [
                "--Scorer:ArtifactDigest", Artifact.Digest, "--Scorer:ArtifactUrl", new Uri(TestDataPlane.ModelFolder).AbsoluteUri, "--Scorer:Address", "127.0.0.1",
                "--Scorer:HttpPort", "0", "--Scorer:GrpcPort", "0", "--Scorer:DrainSeconds", "0", "--environment", "Production", "--Logging:LogLevel:Default", "Warning",
                .. args,
            ],
            services =>
            {
                if (time is not null)
                {
                    services.AddSingleton(time);
                }
            });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new TestScorer(app);
    }

    public static async Task<TestScorer> StartReadyAsync(params string[] args)
    {
        TestScorer scorer = await StartAsync(null, args);
        await scorer.UntilAsync(ScorerReason.Ready);
        return scorer;
    }

    /// <summary>Loading is another thread's work: looks until it has come to this.</summary>
    public async Task UntilAsync(ScorerReason reason)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        while (Status.Reason != reason)
        {
            await Task.Delay(Pause, TimeProvider.System, deadline.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _channel.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    /// <summary>Rows of the reference sample.</summary>
    public static float[] Rows(int count) => Artifact.Manifest.Reference!.Sample.ToRows()[..(count * Model.FeatureCount)];
}
