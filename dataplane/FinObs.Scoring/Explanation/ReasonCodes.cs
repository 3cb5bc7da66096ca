using FinObs.Scoring.Features;

namespace FinObs.Scoring.Explanation;

/// <summary>Turns an explanation into words.</summary>
public static class ReasonCodes
{
    /// <summary>Shares of the whole push upwards below this are left unsaid.</summary>
    private const double SmallestShare = 0.02;

    /// <summary>The features that raised the score most, strongest first, each in a sentence. One reason a code: of features that say the same the strongest speaks.</summary>
    /// <param name="e">The explanation; one that is unavailable or failed has no reasons.</param>
    /// <param name="schema">Schema of the model that made it.</param>
    /// <param name="row">F features of the transaction.</param>
    /// <param name="facts">The transaction.</param>
    /// <param name="baseline">The account before it.</param>
    /// <param name="most">At most so many.</param>
    public static IReadOnlyList<ReasonCode> Describe(
        ScoreExplanation e, FeatureSchema schema, ReadOnlySpan<float> row, in TransactionFacts facts, in AccountBaseline baseline, int most = 4)
    {
        if (e.Method != ExplanationMethod.TreeShapExact || e.Contributions.Length != schema.Names.Length || row.Length != schema.Names.Length)
        {
            return [];
        }

        double raise = e.Contributions.Where(contribution => contribution > 0).Sum();
        TimeZoneInfo zone = schema.ProfileSettings().Zone();
        var reasons = new List<ReasonCode>(most);
        foreach (int index in Enumerable.Range(0, e.Contributions.Length).OrderByDescending(index => e.Contributions[index]).ThenBy(index => index))
        {
            double contribution = e.Contributions[index];
            if (reasons.Count == most || !(contribution > SmallestShare * raise))
            {
                break;
            }

            ReasonCode reason = Reason(schema.Names[index], contribution, new ReasonContext(facts, baseline, schema, zone, row[index]));
            if (!reasons.Exists(said => said.Code == reason.Code))
            {
                reasons.Add(reason);
            }
        }

        return reasons;
    }

    private static ReasonCode Reason(string name, double contribution, in ReasonContext context) =>
        FeatureCatalogue.Find(name) is { } feature
            ? new ReasonCode(feature.ReasonCode, name, feature.Say(in context), contribution)
            : new ReasonCode("MODEL_FEATURE", name, $"{name} is {context.Value:G4}, unusual for this model", contribution);
}
