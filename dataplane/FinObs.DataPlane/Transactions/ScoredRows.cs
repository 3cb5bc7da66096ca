using FinObs.DataPlane.Models;

namespace FinObs.DataPlane.Transactions;

/// <summary>Margins and scores of a chunk; a row that could not be scored is marked, and will be reviewed by a person.</summary>
internal sealed partial class ScoredRows
{
    private ScoredRows(int count)
    {
        Margins = new double[count];
        Scores = new double[count];
    }

    public double[] Margins { get; }

    public double[] Scores { get; }

    /// <summary>False where the model is missing or its engine failed.</summary>
    public bool Available { get; private set; }

    public bool Usable(int index) => Available && double.IsFinite(Scores[index]) && double.IsFinite(Margins[index]);

    /// <summary>A fault of the engine must not lose a payment: it is logged, and the rows count as not scored.</summary>
    public static ScoredRows Score(RoutedModel? model, FeatureRows features, int count, ILogger logger)
    {
        ScoredRows rows = new(count);
        if (model is null)
        {
            return rows;
        }

        try
        {
            model.Scorer.Score(features.Values, rows.Margins, rows.Scores);
            rows.Available = true;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            ScoringFailed(logger, model.Identity.ModelVersion, exception);
        }

        return rows;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Model {ModelVersion} failed to score; its transactions go to review.")]
    private static partial void ScoringFailed(ILogger logger, string modelVersion, Exception exception);
}
