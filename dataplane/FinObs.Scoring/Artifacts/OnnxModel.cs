using FinObs.Scoring.Artifacts.Onnx;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.Explanation;
using Microsoft.ML.OnnxRuntime;

namespace FinObs.Scoring.Artifacts;

/// <summary>A model that FinObs did not train, served by ONNX Runtime. Thread-safe.</summary>
/// <remarks>Margin = its output (negated where lower is anomalous); score = the calibrated margin where the manifest has a calibration, else the margin itself.</remarks>
public sealed class OnnxModel : IScoringModel
{
    private readonly OnnxSession _session;
    private readonly string _output;
    private readonly int _column;
    private readonly double _sign;
    private readonly ForeignTreeExplainer _explainer;

    private OnnxModel(ModelArtifact artifact, OnnxSession session, string output, ModelProto proto)
    {
        Manifest = artifact.Manifest;
        Digest = artifact.Digest;
        EngineFingerprint = Scoring.EngineFingerprint.Of(artifact.Digest, "ONNX Runtime " + OnnxSession.Version);
        _session = session;
        _output = output;
        _column = Manifest.Output?.Column ?? 0;
        _sign = Manifest.Output?.LowerIsAnomalous == true ? -1 : 1;
        _explainer = ForeignTreeExplainer.Create(proto, output, _column, Manifest);
    }

    /// <inheritdoc/>
    public ModelManifest Manifest { get; }

    /// <inheritdoc/>
    public string Digest { get; }

    /// <inheritdoc/>
    public string EngineFingerprint { get; }

    /// <inheritdoc/>
    public int FeatureCount => Manifest.Features.Names.Length;

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<float> rows, Span<double> margins, Span<double> scores)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.Length, margins.Length * FeatureCount);
        _session.Run(rows, _output, _column, margins);
        for (int i = 0; i < margins.Length; i++)
        {
            margins[i] *= _sign;
            scores[i] = ScoreOf(margins[i]);
        }
    }

    /// <inheritdoc/>
    public ScoreExplanation Explain(ReadOnlySpan<float> row)
    {
        Span<double> margin = stackalloc double[1];
        Span<double> score = stackalloc double[1];
        Score(row, margin, score);
        return _explainer.Explain(row, margin[0], score[0], _sign);
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    internal static OnnxModel Open(ModelArtifact artifact, ModelProto proto)
    {
        int features = artifact.Manifest.Features.Names.Length;
        string input = OnnxFile.CheckFeatureCount(proto, features);
        OnnxFile.CheckTrees(proto, input, features);
        var session = new OnnxSession(artifact.ModelBytes.ToArray(), input, features);
        try
        {
            string output = ScoreOutputOf(session, artifact.Manifest.Output);
            var model = new OnnxModel(artifact, session, output, proto);
            model.Probe();
            return model;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private double ScoreOf(double margin) => Manifest.Calibration?.ScoreOf(margin) ?? ScoreCalibration.Round(margin);

    /// <summary>Scores two rows of zeros, so that a model which cannot run is refused now rather than with the first transaction.</summary>
    private void Probe()
    {
        Span<double> margins = stackalloc double[2];
        _session.Run(new float[2 * FeatureCount], _output, _column, margins);
    }

    private static string ScoreOutputOf(OnnxSession session, ScoreOutput? declared)
    {
        if (declared?.Name is { } name)
        {
            return session.Outputs.TryGetValue(name, out NodeMetadata? output) && IsScore(output, declared.Column)
                ? name
                : throw new ArtifactException(
                    ArtifactProblem.WrongOutput, $"model.onnx has no float output {name} of shape [N] or [N, C] with column {declared.Column}; it has {Names(session)}.");
        }

        string[] candidates = [.. session.Outputs.Where(output => IsScore(output.Value, declared?.Column)).Select(output => output.Key)];
        return candidates.Length == 1
            ? candidates[0]
            : throw new ArtifactException(
                ArtifactProblem.WrongOutput, $"model.onnx has {candidates.Length} outputs that could be the score among {Names(session)}; name it in manifest.json as output.name (and output.column).");
    }

    /// <summary>Float or double, [N] or [N, 1]; with a column named also [N, C].</summary>
    private static bool IsScore(NodeMetadata output, int? column) =>
        output.IsTensor
        && (output.ElementType == typeof(float) || output.ElementType == typeof(double))
        && (output.Dimensions.Length == 1 || (output.Dimensions.Length == 2 && (output.Dimensions[1] < 0 || output.Dimensions[1] > (column ?? 0)) && (column is not null || output.Dimensions[1] is 1 or < 0)));

    private static string Names(OnnxSession session) => string.Join(", ", session.Outputs.Keys.Order(StringComparer.Ordinal));
}
