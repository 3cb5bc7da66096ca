namespace FinObs.Scoring.Explanation;

/// <summary>Which features move the margin of many rows.</summary>
/// <param name="Rows">Rows explained.</param>
/// <param name="Unexplained">Rows left out, because their explanation was unavailable or failed.</param>
/// <param name="Base">The margin where nothing is known of a row.</param>
/// <param name="MeanAbsolute">F means of |contribution| in margin units; empty where no row could be explained.</param>
/// <param name="Mean">F means of the contribution, sign kept.</param>
/// <param name="Reason">Why rows were left out (of the first one); otherwise <see langword="null"/>.</param>
public sealed record BatchExplanation(int Rows, int Unexplained, double Base, double[] MeanAbsolute, double[] Mean, string? Reason)
{
    /// <summary>Rows explained at a time: bounds the memory of an answer over any number of rows.</summary>
    private const int Chunk = 1024;

    /// <summary>Explains N rows (N × F, row-major) and averages.</summary>
    public static BatchExplanation Of(IScoringModel model, ReadOnlySpan<float> rows, CancellationToken cancellationToken = default)
    {
        int features = model.FeatureCount;
        double[] absolute = new double[features], signed = new double[features];
        int explained = 0, unexplained = 0;
        double expected = 0;
        string? reason = null;
        foreach (ScoreExplanation one in Explained(model, rows.ToArray(), cancellationToken))
        {
            if (one.Method != ExplanationMethod.TreeShapExact)
            {
                unexplained++;
                reason ??= one.Reason;
                continue;
            }

            explained++;
            expected = one.Base;
            for (int f = 0; f < features; f++)
            {
                absolute[f] += Math.Abs(one.Contributions[f]);
                signed[f] += one.Contributions[f];
            }
        }

        return explained == 0
            ? new BatchExplanation(0, unexplained, expected, [], [], reason)
            : new BatchExplanation(
                explained, unexplained, expected, Array.ConvertAll(absolute, sum => sum / explained), Array.ConvertAll(signed, sum => sum / explained), reason);
    }

    private static IEnumerable<ScoreExplanation> Explained(IScoringModel model, ReadOnlyMemory<float> rows, CancellationToken cancellationToken)
    {
        int step = Chunk * model.FeatureCount;
        for (int at = 0; at < rows.Length; at += step)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (ScoreExplanation one in model.ExplainRows(rows.Span.Slice(at, Math.Min(step, rows.Length - at))))
            {
                yield return one;
            }
        }
    }
}
