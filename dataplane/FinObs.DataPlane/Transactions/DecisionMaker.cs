using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Models;
using FinObs.Scoring.Explanation;

namespace FinObs.DataPlane.Transactions;

/// <summary>A decision before it has a leaf: what the score led to, and why.</summary>
internal readonly record struct Decided(Decision Decision, ScoreExplanation? Explanation, IReadOnlyList<ReasonCode> Reasons);

/// <summary>Thresholds to a decision; Review and Block are explained at once, because a person will read them.</summary>
internal static partial class DecisionMaker
{
    public static Decision Decide(RoutedModel? model, ScoredRows scored, int index) =>
        model is not null && scored.Usable(index)
            ? DecisionPolicy.Decide(scored.Scores[index], model.Identity.Thresholds.ReviewAt, model.Identity.Thresholds.BlockAt)
            : DecisionPolicy.WithoutModel;

    public static Decided Explain(Decision decision, RoutedModel? model, FeatureRows features, ScoredRows scored, int index, ILogger logger)
    {
        if (model is null || !scored.Usable(index))
        {
            return new Decided(decision, null, ReasonsJson.ModelUnavailable);
        }

        if (decision == Decision.Approve)
        {
            return new Decided(decision, null, []);
        }

        ReadOnlySpan<float> row = features.Row(index);
        ScoreExplanation explanation = TryExplain(model, row, scored, index);
        if (explanation.Method == ExplanationMethod.Failed)
        {
            ExplanationFailed(logger, model.Identity.ModelVersion, explanation.Reason);
        }

        IReadOnlyList<ReasonCode> reasons = ReasonCodes.Describe(
            explanation, model.Scorer.Manifest.Features, row, features.Facts[index], features.Baselines[index]);
        return new Decided(decision, explanation, reasons.Count > 0 ? reasons : [ReasonsJson.AboveThreshold(scored.Scores[index], explanation)]);
    }

    /// <summary>The decision stands without its explanation: a fault here is recorded as one, and must not hold up the payment.</summary>
    private static ScoreExplanation TryExplain(RoutedModel model, ReadOnlySpan<float> row, ScoredRows scored, int index)
    {
        try
        {
            return model.Scorer.Explain(row);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return new ScoreExplanation(
                ExplanationMethod.Failed, 0, [], [], [], scored.Margins[index], scored.Scores[index], $"the engine failed ({exception.GetType().Name})");
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "An explanation by {ModelVersion} failed: {Why}. The decision stands; the explanation is marked as failed.")]
    private static partial void ExplanationFailed(ILogger logger, string modelVersion, string? why);
}
