using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Remote;

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

    /// <summary>The version whose scores these are; null where the model is missing or its engine failed.</summary>
    public RoutedModel? Model { get; private set; }

    /// <summary>What really computed them: this process, or a pod with a fingerprint of its own.</summary>
    public EngineIdentity? Engine { get; private set; }

    /// <summary>How far the margins may be, relative to max(1, |margin|), from what this process would compute; null where it did.</summary>
    public double? MarginTolerance { get; private set; }

    public bool Usable(int index) => Model is not null && double.IsFinite(Scores[index]) && double.IsFinite(Margins[index]);

    /// <summary>By the version's pods where it has some, else, and where none of them answers, here. Without pods it never waits.</summary>
    public static ValueTask<ScoredRows> ScoreAsync(RoutedModel? model, FeatureRows features, int count, ILogger logger, CancellationToken cancellationToken)
    {
        ScoredRows rows = new(count);
        if (model?.Remote is { } remote)
        {
            return rows.ScoreThereAsync(model, remote, features, logger, cancellationToken);
        }

        rows.ScoreHere(model?.InProcess, features, logger);
        return new(rows);
    }

    private async ValueTask<ScoredRows> ScoreThereAsync(
        RoutedModel model, IRemoteScoring remote, FeatureRows features, ILogger logger, CancellationToken cancellationToken)
    {
        switch (await AskAsync(remote, features.Of(model), cancellationToken))
        {
            case RemoteScores.Scored scored:
                (Model, Engine, MarginTolerance) = (model, scored.Engine, scored.MarginTolerance);
                break;
            case RemoteScores.Failed failed:
                RoutedModel? standIn = model.InProcess;
                FellBack(logger, model.Identity.ModelVersion, failed.Why, standIn?.Identity.ModelVersion ?? "a person");
                RemoteMetrics.FellBack(standIn is null ? "none" : ReferenceEquals(standIn, model) ? "same_version" : "last_good");
                ScoreHere(standIn, features, logger);
                break;
        }

        return this;
    }

    /// <summary>Whatever goes wrong on the way to a pod is one more reason to score here.</summary>
    private async ValueTask<RemoteScores> AskAsync(IRemoteScoring remote, FeatureMatrix matrix, CancellationToken cancellationToken)
    {
        try
        {
            return await remote.ScoreAsync(matrix.Values, Margins, Scores, cancellationToken);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
        {
            return new RemoteScores.Failed($"the call failed with {exception.GetType().Name}");
        }
    }

    /// <summary>A fault of the engine must not lose a payment: it is logged, and the rows count as not scored.</summary>
    private void ScoreHere(RoutedModel? model, FeatureRows features, ILogger logger)
    {
        if (model is null)
        {
            return;
        }

        try
        {
            model.Scorer.Score(features.Of(model).Values, Margins, Scores);
            (Model, Engine) = (model, model.Identity);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            ScoringFailed(logger, model.Identity.ModelVersion, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Model {ModelVersion} failed to score; its transactions go to review.")]
    private static partial void ScoringFailed(ILogger logger, string modelVersion, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No pod of {ModelVersion} scored ({Why}); {StandIn} decides in its place.")]
    private static partial void FellBack(ILogger logger, string modelVersion, string why, string standIn);
}
