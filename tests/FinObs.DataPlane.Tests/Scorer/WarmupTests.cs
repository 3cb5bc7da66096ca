using FinObs.DataPlane.Scorer;
using FinObs.Scoring;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Explanation;

namespace FinObs.DataPlane.Tests.Scorer;

public sealed class WarmupTests
{
    [Fact]
    public void A_sound_model_passes() => Assert.Null(Warmup.Problem(TestScorer.Model, 100, TestContext.Current.CancellationToken));

    [Theory]
    [InlineData(double.NaN, ExplanationMethod.TreeShapExact, "no finite score")]
    [InlineData(0.5, ExplanationMethod.Failed, "does not add up")]
    public void A_model_without_numbers_or_sums_is_found_out(double score, ExplanationMethod method, string problem) =>
        Assert.Contains(problem, Warmup.Problem(new Stubborn(score, method), 10, TestContext.Current.CancellationToken));

    private sealed class Stubborn(double score, ExplanationMethod method) : IScoringModel
    {
        public ModelManifest Manifest => TestScorer.Model.Manifest;

        public string Digest => "sha256:0";

        public string EngineFingerprint => "none";

        public int FeatureCount => TestScorer.Model.FeatureCount;

        public void Score(ReadOnlySpan<float> rows, Span<double> margins, Span<double> scores)
        {
            margins.Fill(score);
            scores.Fill(score);
        }

        public ScoreExplanation Explain(ReadOnlySpan<float> row) => new(method, 0, [], [], [], score, score, "stub");

        public void Dispose()
        {
        }
    }
}
