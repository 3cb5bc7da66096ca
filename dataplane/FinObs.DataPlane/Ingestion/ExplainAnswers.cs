using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Transactions;
using FinObs.Scoring.Explanation;

namespace FinObs.DataPlane.Ingestion;

/// <summary>Puts explanations into the shapes of the wire. Pure.</summary>
internal static class ExplainAnswers
{
    private const int TopCount = 3;

    public static ExplainAnswer Of(TransactionExplanations explanations)
    {
        TransactionExplanation item = explanations.Items[0];
        ScoreExplanation why = item.Explanation;

        // Numbers whose additivity failed are not an explanation: they are not shown as one.
        ExplainFeature[] features = why.Method == ExplanationMethod.TreeShapExact
            ? [.. why.Contributions.Select((c, i) => Feature(explanations.FeatureNames[i], item.Values[i], c)).OrderByDescending(f => f.AbsImportance)]
            : [];
        return new ExplainAnswer(
            why.Score,
            why.Base,
            why.Margin,
            explanations.ModelVersion,
            MethodName(why.Method),
            features,
            [.. features.Where(f => f.ShapValue > 0).Take(TopCount).Select(f => f.Feature)],
            [.. features.Where(f => f.ShapValue < 0).Take(TopCount).Select(f => f.Feature)],
            new ExplainWaterfall(why.Base, [.. features.Select(f => new ExplainStep(f.Feature, f.ShapValue))], why.Margin),
            why.Reason);
    }

    public static ExplainBatchAnswer OfBatch(TransactionExplanations explanations)
    {
        double[] sums = new double[explanations.FeatureNames.Count];
        int explained = 0;
        foreach (TransactionExplanation item in explanations.Items)
        {
            if (item.Explanation.Method != ExplanationMethod.TreeShapExact)
            {
                continue;
            }

            explained++;
            for (int i = 0; i < sums.Length; i++)
            {
                sums[i] += Math.Abs(item.Explanation.Contributions[i]);
            }
        }

        IEnumerable<FeatureImportance> importance = sums.Select((sum, i) => new FeatureImportance(explanations.FeatureNames[i], explained == 0 ? 0 : sum / explained));
        return new ExplainBatchAnswer(explained, explanations.ModelVersion, [.. importance.OrderByDescending(f => f.MeanAbsShap)]);
    }

    private static ExplainFeature Feature(string name, float value, double contribution) => new(
        name, value, contribution, contribution > 0 ? "risk_increasing" : "risk_decreasing", Math.Abs(contribution));

    private static string MethodName(ExplanationMethod method) => method switch
    {
        ExplanationMethod.TreeShapExact => "tree_shap_exact",
        ExplanationMethod.Failed => "failed",
        _ => "unavailable",
    };
}
