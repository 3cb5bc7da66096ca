using FinObs.Scoring.Explanation;

namespace FinObs.DataPlane.Models.Remote;

/// <summary>Explanations that another server made, or did not make.</summary>
internal static class RemoteExplanation
{
    public const string NoShap = "The server that scored this gives no SHAP values.";

    /// <summary>Bound on |base + Σ values - margin| relative to max(1, |margin|): foreign outputs are often float32 sums.</summary>
    private const double Tolerance = 1e-5;

    public static ScoreExplanation NotOffered(double margin, double score) => new(ExplanationMethod.Unavailable, 0, [], [], [], margin, score, NoShap);

    /// <summary>Added up here, whatever the server says of it; a sign of -1 turns the server's output into a margin.</summary>
    public static ScoreExplanation Of(double sign, double expected, ReadOnlySpan<double> values, double margin, double score)
    {
        double[] contributions = values.ToArray();
        double total = sign * expected;
        foreach (ref double contribution in contributions.AsSpan())
        {
            contribution *= sign;
            total += contribution;
        }

        bool adds = Math.Abs(total - margin) <= Tolerance * Math.Max(1, Math.Abs(margin));
        return new ScoreExplanation(
            adds ? ExplanationMethod.TreeShapExact : ExplanationMethod.Failed, sign * expected, contributions, [], [], margin, score,
            adds ? null : $"The server's base and values add up to {total:R}, its margin is {margin:R}.");
    }
}
