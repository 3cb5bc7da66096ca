using System.Globalization;
using FinObs.Scoring.Artifacts.Onnx;
using FinObs.Scoring.Ensemble;

namespace FinObs.Scoring.Artifacts;

/// <summary>Runs an ensemble's file in ONNX Runtime and compares its outputs with our own evaluation: the file means what our code computes.</summary>
internal static class CrossCheck
{
    /// <summary>Bound on |Δ| relative to max(1, |value|): what float32 sums leave of 24 bits, with room.</summary>
    public const double Tolerance = 1e-4;

    private const int MostRows = 64;

    /// <summary>The first rows of the reference sample, or a row of zeros.</summary>
    public static float[] RowsFor(ModelManifest manifest)
    {
        int features = manifest.Features.Names.Length;
        float[] sample = manifest.Reference?.Sample.ToRows() ?? [];
        return sample.Length == 0 ? new float[features] : sample[..(Math.Min(MostRows, sample.Length / features) * features)];
    }

    /// <summary>Compares on rows (N × F).</summary>
    /// <exception cref="ArtifactException">They differ, or the file does not run.</exception>
    public static void Run(byte[] model, EnsembleEvaluator ensemble, ReadOnlySpan<float> rows)
    {
        int features = ensemble.FeatureCount;
        int count = rows.Length / features;
        using var session = new OnnxSession(model, EnsembleGraph.Input, features);
        var ours = new double[count];
        var theirs = new double[count];
        ensemble.Margins(rows, ours);
        session.Run(rows, EnsembleGraph.Margin, 0, theirs);
        Compare(EnsembleGraph.Margin, ours, theirs);
        ensemble.Forest.Terms(rows, ours);
        session.Run(rows, EnsembleGraph.ForestTerm, 0, theirs);
        Compare(EnsembleGraph.ForestTerm, ours, theirs);
        if (ensemble.Member is { } member)
        {
            member.Terms(rows, ours);
            session.Run(rows, EnsembleGraph.SupervisedTerm, 0, theirs);
            Compare(EnsembleGraph.SupervisedTerm, ours, theirs);
        }

        var errors = new double[features];
        for (int f = 0; f < features; f++)
        {
            session.Run(rows, EnsembleGraph.ReconstructionError, f, theirs);
            for (int i = 0; i < count; i++)
            {
                ensemble.Autoencoder.Errors(rows.Slice(i * features, features), errors);
                ours[i] = errors[f];
            }

            Compare(EnsembleGraph.ReconstructionError, ours, theirs);
        }
    }

    private static void Compare(string output, double[] ours, double[] theirs)
    {
        for (int i = 0; i < ours.Length; i++)
        {
            if (!(Math.Abs(ours[i] - theirs[i]) <= Tolerance * Math.Max(1, Math.Abs(ours[i]))))
            {
                throw new ArtifactException(
                    ArtifactProblem.CrossCheckFailed,
                    string.Create(CultureInfo.InvariantCulture, $"Output {output} of model.onnx is {theirs[i]:R} in ONNX Runtime and {ours[i]:R} in our evaluation of row {i}; train or export the model again."));
            }
        }
    }
}
