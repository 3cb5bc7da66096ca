using BenchmarkDotNet.Attributes;
using FinObs.DataPlane;
using FinObs.DataPlane.Demo;
using FinObs.DataPlane.Inference;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Models.Remote;
using FinObs.DataPlane.Scorer;
using FinObs.Scoring;
using FinObs.Scoring.Artifacts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.Benchmarks.Scorer;

/// <summary>
/// What it costs to have a batch scored by a pod instead of in process: the data plane's own client, a real scorer on a real socket of this
/// machine, and the same model. The scorer shares the processors with its caller, so this is the hop at its cheapest and its scoring at its dearest.
/// </summary>
[MemoryDiagnoser]
public class RemoteHopBenchmarks
{
    private readonly RemoteOptions _options = new() { TimeoutMilliseconds = 30_000, TryTimeoutMilliseconds = 30_000 };
    private string _folder = "";
    private WebApplication _scorer = null!;
    private PodPool _grpcPods = null!, _restPods = null!;
    private RemoteCalls _grpc = null!, _rest = null!;
    private IScoringModel _model = null!;
    private float[] _rows = [];
    private double[] _margins = [], _scores = [];

    [Params(1, 100, 10_000)]
    public int Batch { get; set; }

    [GlobalSetup]
    public async Task Setup()
    {
        ModelArtifact artifact = new BuiltInModel(new LedgerUnits(new LedgerOptions()).Settings).Train(CancellationToken.None);
        _folder = Directory.CreateTempSubdirectory("finobs-bench-").FullName;
        artifact.Save(_folder);
        _model = artifact.Open();
        float[] sample = artifact.Manifest.Reference!.Sample.ToRows();
        _rows = new float[Batch * _model.FeatureCount];
        for (int i = 0; i < _rows.Length; i++)
        {
            _rows[i] = sample[i % sample.Length];
        }

        (_margins, _scores) = (new double[Batch], new double[Batch]);
        _scorer = ScorerHost.Build([
            "--Scorer:ArtifactDigest", artifact.Digest, "--Scorer:ArtifactUrl", new Uri(_folder).AbsoluteUri, "--Scorer:Address", "127.0.0.1", "--Scorer:HttpPort", "0",
            "--Scorer:GrpcPort", "0", "--Scorer:DrainSeconds", "0", "--environment", "Production", "--Logging:LogLevel:Default", "Warning"]);
        await _scorer.StartAsync();
        while (!_scorer.Services.GetRequiredService<ScorerState>().IsReady)
        {
            await Task.Delay(10);
        }

        string[] addresses = [.. _scorer.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];
        _restPods = new PodPool(new RemoteEndpoints([addresses[0]]) { Protocol = RemoteProtocol.Rest }, _options, TimeProvider.System);
        _grpcPods = new PodPool(new RemoteEndpoints([addresses[1]]), _options, TimeProvider.System);
        _rest = new RemoteCalls(_restPods, _options, null, TimeProvider.System);
        _grpc = new RemoteCalls(_grpcPods, _options, null, TimeProvider.System);
    }

    [GlobalCleanup]
    public async Task Cleanup()
    {
        _grpcPods.Dispose();
        _restPods.Dispose();
        await _scorer.StopAsync();
        await _scorer.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark(Baseline = true)]
    public double In_process()
    {
        _model.Score(_rows, _margins, _scores);
        return _scores[^1];
    }

    [Benchmark]
    public Task<double> Grpc_raw() => AskAsync(_grpc, raw: true);

    [Benchmark]
    public Task<double> Grpc_typed() => AskAsync(_grpc, raw: false);

    [Benchmark]
    public Task<double> Rest_json() => AskAsync(_rest, raw: false);

    private async Task<double> AskAsync(RemoteCalls calls, bool raw)
    {
        ModelInferRequest.Types.InferInputTensor input = new() { Name = TensorNames.Features, Datatype = Datatypes.Float, Shape = { Batch, _model.FeatureCount } };
        ModelInferRequest request = new() { ModelName = _model.Manifest.Model, Inputs = { input } };
        if (raw)
        {
            request.RawInputContents.Add(RawTensors.Wrap(_rows));
        }
        else
        {
            input.Contents = new InferTensorContents { Fp32Contents = { _rows } };
        }

        InferenceReply reply = await calls.InferAsync(request, Read, CancellationToken.None);
        return reply is InferenceReply.Answered ? _scores[^1] : throw new InvalidOperationException($"{reply}");
    }

    private string? Read(ModelInferResponse response) =>
        AnswerTensors.ReadColumn(response, TensorNames.Margin, 0, _margins) ?? AnswerTensors.ReadColumn(response, TensorNames.Score, 0, _scores);
}
