using System.Globalization;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Artifacts.Onnx;
using FinObs.Scoring.Explanation;
using FinObs.Scoring.Features;
using FinObs.Testing;
using Google.Protobuf;

namespace FinObs.Scoring.Tests.Artifacts;

/// <summary>Files as scikit-learn's users bring them (<c>tests/fixtures/onnx</c>): trained and exported by others, judged by scikit-learn's own answers.</summary>
public sealed class SklearnModelTests
{
    private const int Features = 4;

    [Theory]
    [InlineData("gradient-boosting", null, 0)]
    [InlineData("random-forest", "probabilities", 1)]
    [InlineData("isolation-forest", "scores", 0)]
    [InlineData("neural-network", "probabilities", 1)]
    [InlineData("logistic-regression", "probabilities", 1)]
    [InlineData("one-class-svm", "scores", 0)]
    public void A_model_answers_as_scikit_learn_does(string name, string? output, int column)
    {
        (float[] rows, double[] expected) = Read(name);
        bool lowerIsAnomalous = output == "scores";
        using IScoringModel model = Open(name, new ScoreOutput(output, column, lowerIsAnomalous));
        var (margins, scores) = (new double[expected.Length], new double[expected.Length]);

        model.Score(rows, margins, scores);

        Assert.All(margins, (margin, i) => Assert.Equal(lowerIsAnomalous ? -expected[i] : expected[i], margin, 2e-5));
    }

    [Theory]
    [InlineData("gradient-boosting", null, 0)]
    [InlineData("random-forest", "probabilities", 1)]
    [InlineData("random-forest", "probabilities", 0)]
    public void Trees_are_explained_exactly_on_the_reference_sample(string name, string? output, int column)
    {
        (float[] rows, double[] expected) = Read(name);
        using IScoringModel model = Open(name, new ScoreOutput(output, column), rows);

        for (int i = 0; i < expected.Length; i++)
        {
            ScoreExplanation explanation = model.Explain(rows.AsSpan(i * Features, Features));

            Assert.Equal(ExplanationMethod.TreeShapExact, explanation.Method);
            Assert.Equal(output is null || column == 1 ? expected[i] : 1 - expected[i], explanation.Base + explanation.Contributions.Sum(), 2e-5);
            Assert.Contains(explanation.Contributions, value => value != 0);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_classifier_that_weighs_for_and_against_one_class_is_explained_as_ONNX_Runtime_answers(int column)
    {
        (float[] rows, _) = Read("random-forest");
        ModelProto model = ModelProto.Parser.ParseFrom(Fixtures.ReadBytes("onnx/random-forest.onnx"));
        NodeProto node = model.Graph.Node.Single();
        var weights = node.Attribute("class_weights").Floats;
        for (int i = 0; i < weights.Count; i++)
        {
            weights[i] -= 0.03f;
        }

        node.Attribute.Add(OnnxNodes.Floats("base_values", [0.25f]));
        using IScoringModel changed = Open(model.ToByteArray(), new ScoreOutput("probabilities", column), rows);

        ScoreExplanation explanation = changed.Explain(rows.AsSpan(0, Features));

        Assert.Equal(ExplanationMethod.TreeShapExact, explanation.Method);
        Assert.Equal(explanation.Margin, explanation.Base + explanation.Contributions.Sum(), 1e-5);
    }

    [Fact]
    public void Several_outputs_without_a_name_are_refused_with_their_names()
    {
        var refusal = Assert.Throws<ArtifactException>(() => Open("random-forest", null));

        Assert.Equal(ArtifactProblem.WrongOutput, refusal.Problem);
        Assert.Contains("label, probabilities", refusal.Message, StringComparison.Ordinal);
    }

    private static IScoringModel Open(string name, ScoreOutput? output, float[]? sample = null) => Open(Fixtures.ReadBytes($"onnx/{name}.onnx"), output, sample);

    private static IScoringModel Open(byte[] model, ScoreOutput? output, float[]? sample = null)
    {
        FeatureSchema schema = new([.. Enumerable.Range(1, Features).Select(f => $"column_{f}")], "USD", "Etc/UTC");
        ModelManifest manifest = new("sklearn", "1.0.0", schema)
        {
            Format = ModelFormat.Onnx,
            Output = output,
            DeclaredThresholds = new DecisionThresholds(0.5, 0.9),
            Reference = sample is null ? null : ReferenceOf(schema, sample),
        };
        return ModelArtifact.Create(manifest, model).Open();
    }

    private static ReferenceStatistics ReferenceOf(FeatureSchema schema, float[] rows)
    {
        int count = rows.Length / Features;
        FeatureReference[] features = [.. schema.Names.Select(name => new FeatureReference(name, 0, 1, 0, 1))];
        var sample = new ReferenceSample(count, Features, [.. rows.SelectMany(BitConverter.GetBytes)]);
        return new ReferenceStatistics(count, features, new QuantileBins([], [count]), new QuantileBins([], [count]), sample);
    }

    private static (float[] Rows, double[] Expected) Read(string name)
    {
        double[][] lines = [.. Fixtures.ReadText($"onnx/{name}.csv").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(',').Select(value => double.Parse(value, CultureInfo.InvariantCulture)).ToArray())];
        return ([.. lines.SelectMany(line => line[..Features]).Select(value => (float)value)], [.. lines.Select(line => line[Features])]);
    }
}
