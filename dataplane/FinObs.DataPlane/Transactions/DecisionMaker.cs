using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Decisions.Rules;
using FinObs.DataPlane.Models;
using FinObs.Scoring.Explanation;

namespace FinObs.DataPlane.Transactions;

/// <summary>A decision before it has a leaf: what the score led to, and why.</summary>
internal readonly record struct Decided(Decision Decision, ScoreExplanation? Explanation, IReadOnlyList<DecisionReason> Reasons);

/// <summary>Thresholds and rules to a decision; Review and Block are explained at once, because a person will read them.</summary>
internal static partial class DecisionMaker
{
    /// <summary>The worst of model and rules.</summary>
    public static Decision Decide(ScoredRows scored, RuleFindings? rules, int index)
    {
        Decision model = ByModel(scored, index);
        return rules?[index] is { } found ? found.With(model, scored.Usable(index)) : model;
    }

    /// <summary>What the thresholds alone make of the score.</summary>
    public static Decision ByModel(ScoredRows scored, int index) =>
        scored.Usable(index)
            ? DecisionPolicy.Decide(scored.Scores[index], scored.Model(index)!.Identity.Thresholds.ReviewAt, scored.Model(index)!.Identity.Thresholds.BlockAt)
            : DecisionPolicy.WithoutModel;

    /// <summary>Explains the flagged rows together, and puts words to them one by one. What the rules said is kept with what the model said.</summary>
    public static async ValueTask<Decided[]> ExplainAsync(
        Decision[] decisions, RuleFindings? rules, FeatureRows features, ScoredRows scored, ILogger logger, CancellationToken cancellationToken)
    {
        int[] flagged = [.. Enumerable.Range(0, decisions.Length).Where(i => scored.Usable(i) && decisions[i] != Decision.Approve)];
        Decided[] decided = new Decided[decisions.Length];
        for (int i = 0; i < decided.Length; i++)
        {
            decided[i] = new Decided(decisions[i], null, Reasons(rules?[i], ByModel(scored, i), scored.Usable(i) ? [] : ReasonsJson.ModelUnavailable));
        }

        foreach (IGrouping<RoutedModel, int> group in flagged.GroupBy(i => scored.Model(i)!))
        {
            int[] own = [.. group];
            ScoreExplanation[] explanations = await ExplainAsync(group.Key, scored, features.Of(group.Key), own, cancellationToken);
            for (int k = 0; k < own.Length; k++)
            {
                decided[own[k]] = InWords(decisions[own[k]], rules?[own[k]], explanations[k], features, scored, own[k], logger);
            }
        }

        return decided;
    }

    private static Decided InWords(
        Decision decision, RuleFinding? found, ScoreExplanation explanation, FeatureRows features, ScoredRows scored, int index, ILogger logger)
    {
        RoutedModel model = scored.Model(index)!;
        if (explanation.Method == ExplanationMethod.Failed)
        {
            ExplanationFailed(logger, model.Identity.ModelVersion, explanation.Reason);
        }

        Decision byModel = ByModel(scored, index);
        if (byModel == Decision.Approve)
        {
            // The rules alone stopped it: there is nothing that the model would have to be asked about, and its explanation says so.
            return new Decided(decision, explanation, found!.Reasons);
        }

        DecisionReason[] reasons =
        [
            .. ReasonCodes.Describe(explanation, model.Scorer.Manifest.Features, features.Of(model).Row(index), features.Facts[index], features.Baselines[index]).Select(DecisionReason.Of),
        ];
        return new Decided(decision, explanation, Reasons(found, byModel, reasons.Length > 0 ? reasons : [ReasonsJson.AboveThreshold(scored.Scores[index], explanation)]));
    }

    /// <summary>All of them; first of whom the decision is.</summary>
    private static IReadOnlyList<DecisionReason> Reasons(RuleFinding? found, Decision byModel, IReadOnlyList<DecisionReason> ofModel) =>
        found is null ? ofModel : found.Outcome > byModel ? [.. found.Reasons, .. ofModel] : [.. ofModel, .. found.Reasons];

    /// <summary>The decision stands without its explanation: a fault here is recorded as one, and must not hold up the payment.</summary>
    private static async ValueTask<ScoreExplanation[]> ExplainAsync(
        RoutedModel model, ScoredRows scored, FeatureMatrix matrix, int[] flagged, CancellationToken cancellationToken)
    {
        string why;
        try
        {
            if (await model.ExplainAsync(matrix.Gather(flagged), flagged.Length, cancellationToken) is { } explanations)
            {
                return [.. explanations.Select((explanation, k) => Compared(explanation, scored, flagged[k]))];
            }

            why = "the server that scored it did not answer a second time";
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            why = $"the engine failed ({exception.GetType().Name})";
        }

        return [.. flagged.Select(i => new ScoreExplanation(ExplanationMethod.Failed, 0, [], [], [], scored.Margins[i], scored.Scores[i], why))];
    }

    /// <summary>Score and explanation may come from two machines: an explanation of another margin is none.</summary>
    private static ScoreExplanation Compared(ScoreExplanation explanation, ScoredRows scored, int index) =>
        explanation.Method == ExplanationMethod.Unavailable
        || scored.MarginTolerance(index) is not { } tolerance
        || Math.Abs(explanation.Margin - scored.Margins[index]) <= tolerance * Math.Max(1, Math.Abs(scored.Margins[index]))
            ? explanation
            : explanation with
            {
                Method = ExplanationMethod.Failed,
                Reason = $"Explained was the margin {explanation.Margin:R}, decided was on {scored.Margins[index]:R}: two engines differ.",
            };

    [LoggerMessage(Level = LogLevel.Error, Message = "An explanation by {ModelVersion} failed: {Why}. The decision stands; the explanation is marked as failed.")]
    private static partial void ExplanationFailed(ILogger logger, string modelVersion, string? why);
}
