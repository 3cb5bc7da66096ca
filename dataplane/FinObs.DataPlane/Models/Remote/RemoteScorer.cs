using System.Collections.Concurrent;
using FinObs.DataPlane.Inference;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.Explanation;
using Google.Protobuf;

namespace FinObs.DataPlane.Models.Remote;

/// <summary>The version that is asked for elsewhere: its row, its address and what is known of it here.</summary>
internal sealed record RemoteTarget(long VersionId, string Digest, ModelManifest Manifest);

/// <summary>
/// Asks a version's pods, or a foreign server, for scores, and believes nothing that it can check: number and place of the values, that
/// they are finite, and, of our own pods, that it was this digest that computed them.
/// </summary>
internal sealed class RemoteScorer(RemoteTarget target, RemoteEndpoints endpoints, RemoteCalls calls, EngineDirectory engines) : IRemoteScoring
{
    /// <summary>A row for each kind of machine is written for good: more kinds than this are a fault, not machines.</summary>
    private const int MostEngines = 64;

    private const int LongestFingerprint = 512;

    /// <summary>Bounds on |Δ margin| relative to max(1, |margin|) to what this process computes: our code on another machine, or float32 sums.</summary>
    private const double OwnTolerance = 1e-9;

    public const double ExternalTolerance = 1e-4;

    /// <summary>How the fingerprints of servers begin that are not ours: what computes there is not known.</summary>
    public const string ExternalEngine = "server of the Open Inference Protocol";

    private readonly ConcurrentDictionary<string, EngineIdentity> _engines = [];
    private readonly ExternalModel? _external = endpoints.External
        ?? (target.Manifest.Server is { } server ? new ExternalModel(server, target.Manifest.Output!) : null);

    public async ValueTask<RemoteScores> ScoreAsync(ReadOnlyMemory<float> rows, double[] margins, double[] scores, CancellationToken cancellationToken)
    {
        ModelInferRequest request = Request(rows, scores.Length, ScoreOutputs);
        InferenceReply reply = await calls.InferAsync(request, response => ReadScores(response, margins, scores), cancellationToken);
        return reply switch
        {
            InferenceReply.Answered when _external is null && !AllFinite(margins, scores) => new RemoteScores.Failed("a row has no finite score"),
            InferenceReply.Answered answered => new RemoteScores.Scored(
                await EngineOfAsync(answered.Response, cancellationToken), _external is null ? OwnTolerance : ExternalTolerance),
            InferenceReply.PodFailed failed => new RemoteScores.Failed(failed.Why),
            InferenceReply.Refused refused => new RemoteScores.Failed(refused.Why),
            _ => throw new InvalidOperationException("A reply that is not known."),
        };
    }

    public async ValueTask<ScoreExplanation[]?> ExplainAsync(ReadOnlyMemory<float> rows, int count, CancellationToken cancellationToken)
    {
        bool explains = _external is not { Server.Explains: false };
        double[] margins = new double[count], scores = new double[count];
        ModelInferRequest request = Request(rows, count, explains ? [.. ScoreOutputs, TensorNames.ShapValues, TensorNames.ShapBase] : ScoreOutputs);
        double[] bases = new double[count], values = [];
        InferenceReply reply = await calls.InferAsync(
            request, response => ReadScores(response, margins, scores) ?? (explains ? ReadShap(response, bases, out values) : null), cancellationToken);
        if (reply is not InferenceReply.Answered)
        {
            return null;
        }

        double sign = _external?.Output.LowerIsAnomalous == true ? -1 : 1;
        ScoreExplanation[] explanations = new ScoreExplanation[count];
        int features = rows.Length / Math.Max(1, count);
        for (int i = 0; i < count; i++)
        {
            explanations[i] = explains
                ? RemoteExplanation.Of(sign, bases[i], values.AsSpan(i * features, features), margins[i], scores[i])
                : RemoteExplanation.NotOffered(margins[i], scores[i]);
        }

        return explanations;
    }

    private string[] ScoreOutputs => _external is { } external ? [external.Output.Name!] : [TensorNames.Margin, TensorNames.Score];

    private ModelInferRequest Request(ReadOnlyMemory<float> rows, int count, IEnumerable<string> outputs)
    {
        ServerReference server = _external?.Server ?? new ServerReference(target.Manifest.Model, target.Manifest.Version, TensorNames.Features);
        ModelInferRequest.Types.InferInputTensor input = new() { Name = server.Input, Datatype = Datatypes.Float, Shape = { count, target.Manifest.Features.Names.Length } };
        ModelInferRequest request = new() { ModelName = server.Model, ModelVersion = server.Version, Inputs = { input } };
        request.Outputs.AddRange(outputs.Select(name => new ModelInferRequest.Types.InferRequestedOutputTensor { Name = name }));
        if (endpoints is { Protocol: RemoteProtocol.Grpc, Contents: RemoteContents.Raw })
        {
            request.RawInputContents.Add(RawTensors.Wrap(rows));
        }
        else
        {
            input.Contents = new InferTensorContents();
            input.Contents.Fp32Contents.AddRange(rows.Span);
        }

        return request;
    }

    private string? ReadScores(ModelInferResponse response, double[] margins, double[] scores)
    {
        if (_external is { } external)
        {
            return ReadExternal(response, external.Output, margins, scores);
        }

        string? digest = Parameter(response, ParameterNames.Digest), fingerprint = Parameter(response, ParameterNames.EngineFingerprint);
        if (digest != target.Digest)
        {
            return $"it serves {digest ?? "no digest"}, not {target.Digest}";
        }

        bool credible = fingerprint?.Length <= LongestFingerprint && (_engines.Count < MostEngines || _engines.ContainsKey(fingerprint));
        return credible
            ? AnswerTensors.ReadColumn(response, TensorNames.Margin, 0, margins) ?? AnswerTensors.ReadColumn(response, TensorNames.Score, 0, scores)
            : "it does not say credibly which engine it is";
    }

    private string? ReadExternal(ModelInferResponse response, ScoreOutput output, double[] margins, double[] scores)
    {
        if (AnswerTensors.ReadColumn(response, output.Name!, output.Column, margins) is { } problem)
        {
            return problem;
        }

        for (int i = 0; i < margins.Length; i++)
        {
            margins[i] = output.LowerIsAnomalous ? -margins[i] : margins[i];
            scores[i] = target.Manifest.Calibration?.ScoreOf(margins[i]) ?? ScoreCalibration.Round(margins[i]);
        }

        return null;
    }

    private string? ReadShap(ModelInferResponse response, double[] bases, out double[] values) =>
        AnswerTensors.ReadMatrix(response, TensorNames.ShapValues, bases.Length, target.Manifest.Features.Names.Length, out values)
            ?? AnswerTensors.ReadColumn(response, TensorNames.ShapBase, 0, bases);

    private async ValueTask<EngineIdentity> EngineOfAsync(ModelInferResponse response, CancellationToken cancellationToken)
    {
        string fingerprint = _external is { } external
            ? $"{ExternalEngine}; model {external.Server.Model} {external.Server.Version}; {target.Digest}"
            : Parameter(response, ParameterNames.EngineFingerprint)!;
        return _engines.TryGetValue(fingerprint, out EngineIdentity? known)
            ? known
            : _engines.GetOrAdd(fingerprint, await engines.RegisterAsync(target.VersionId, fingerprint, cancellationToken));
    }

    private static string? Parameter(ModelInferResponse response, string name) =>
        response.Parameters.TryGetValue(name, out InferParameter? value) && value.StringParam.Length > 0 ? value.StringParam : null;

    private static bool AllFinite(double[] margins, double[] scores) => Array.TrueForAll(margins, double.IsFinite) && Array.TrueForAll(scores, double.IsFinite);
}
