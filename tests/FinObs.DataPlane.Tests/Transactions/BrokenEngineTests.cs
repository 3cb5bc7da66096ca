using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Transactions;
using FinObs.Scoring;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Explanation;
using FinObs.Scoring.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace FinObs.DataPlane.Tests.Transactions;

/// <summary>An engine that fails must lose neither the payment nor the decision.</summary>
public class BrokenEngineTests
{
    [Fact]
    public async Task A_fault_in_scoring_sends_the_transaction_to_review_as_model_unavailable()
    {
        RoutedModel model = Routed(new BrokenModel(score: null));
        FeatureRows features = FeatureRows.Extract([], [], null!, new RoutedTraffic(model), rules: null);

        ScoredRows scored = await ScoredRows.ScoreAsync(RowModels.All(model), features, 1, NullLogger.Instance, TestContext.Current.CancellationToken);
        Decision decision = DecisionMaker.Decide(scored, rules: null, 0);

        Assert.Equal(Decision.Review, decision);
        Decided[] decided = await DecisionMaker.ExplainAsync([decision], rules: null, features, scored, NullLogger.Instance, TestContext.Current.CancellationToken);
        Assert.Equal(DecisionPolicy.ModelUnavailable, decided[0].Reasons[0].Code);
    }

    [Fact]
    public async Task A_score_that_is_not_a_number_counts_as_none()
    {
        RoutedModel model = Routed(new BrokenModel(double.NaN));

        ScoredRows scored = await ScoredRows.ScoreAsync(
            RowModels.All(model), FeatureRows.Extract([], [], null!, new RoutedTraffic(model), rules: null), 1, NullLogger.Instance, TestContext.Current.CancellationToken);

        Assert.Equal(Decision.Review, DecisionMaker.Decide(scored, rules: null, 0));
    }

    private static RoutedModel Routed(BrokenModel model) => new(
        new EngineIdentity(1, "broken", "1.0.0", "sha256:0", "none", DecisionThresholds.Default), model, new FeatureExtractor(model.Manifest.Features));

    private sealed class BrokenModel(double? score) : IScoringModel
    {
        public ModelManifest Manifest { get; } = new("broken", "1.0.0", new FeatureSchema(["amount@1"], "USD", "UTC"));

        public string Digest => "sha256:0";

        public string EngineFingerprint => "none";

        public int FeatureCount => 1;

        public void Score(ReadOnlySpan<float> rows, Span<double> margins, Span<double> scores)
        {
            scores.Fill(score ?? throw new InvalidOperationException("broken"));
            margins.Clear();
        }

        public ScoreExplanation Explain(ReadOnlySpan<float> row) => throw new InvalidOperationException("broken");

        public void Dispose()
        {
        }
    }
}
