using FinObs.DataPlane.Models.Remote;

namespace FinObs.DataPlane.Models;

/// <summary>What computed some scores; <see cref="Model"/> is null where nothing could.</summary>
/// <param name="Model">The version whose scores they are.</param>
/// <param name="Engine">What really computed them: this process, or a pod with a fingerprint of its own.</param>
/// <param name="MarginTolerance">How far a margin may be, relative to max(1, |margin|), from what this process would compute; null where it did.</param>
internal readonly record struct ScoredBy(RoutedModel? Model, EngineIdentity? Engine, double? MarginTolerance);

/// <summary>Scores rows by a version: by its pods where it has some, else, and where none of them answers, here. Without pods it never waits.</summary>
internal static partial class RoutedScoring
{
    /// <param name="model">The version.</param>
    /// <param name="features">N × F features as a version reads them: the version itself, or the one that stands in for it.</param>
    /// <param name="margins">N, to be filled.</param>
    /// <param name="scores">N, to be filled.</param>
    /// <param name="logger">Of what went wrong.</param>
    /// <param name="cancellationToken">Ends the waiting for pods.</param>
    public static ValueTask<ScoredBy> ScoreAsync(
        RoutedModel model, Func<RoutedModel, float[]> features, double[] margins, double[] scores, ILogger logger, CancellationToken cancellationToken) =>
        model.Remote is { } remote ? ThereAsync(model, remote, features, margins, scores, logger, cancellationToken) : new(Here(model.InProcess, features, margins, scores, logger));

    private static async ValueTask<ScoredBy> ThereAsync(
        RoutedModel model, IRemoteScoring remote, Func<RoutedModel, float[]> features, double[] margins, double[] scores, ILogger logger, CancellationToken cancellationToken)
    {
        switch (await AskAsync(remote, features(model), margins, scores, cancellationToken))
        {
            case RemoteScores.Scored scored:
                return new ScoredBy(model, scored.Engine, scored.MarginTolerance);
            case RemoteScores.Failed failed:
                RoutedModel? standIn = model.InProcess;
                FellBack(logger, model.Identity.ModelVersion, failed.Why, standIn?.Identity.ModelVersion ?? "a person");
                RemoteMetrics.FellBack(standIn is null ? "none" : ReferenceEquals(standIn, model) ? "same_version" : "last_good");
                return Here(standIn, features, margins, scores, logger);
            default:
                return default;
        }
    }

    /// <summary>Whatever goes wrong on the way to a pod is one more reason to score here.</summary>
    private static async ValueTask<RemoteScores> AskAsync(IRemoteScoring remote, float[] rows, double[] margins, double[] scores, CancellationToken cancellationToken)
    {
        try
        {
            return await remote.ScoreAsync(rows, margins, scores, cancellationToken);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
        {
            return new RemoteScores.Failed($"the call failed with {exception.GetType().Name}");
        }
    }

    /// <summary>A fault of the engine must not lose a payment: it is logged, and the rows count as not scored.</summary>
    private static ScoredBy Here(RoutedModel? model, Func<RoutedModel, float[]> features, double[] margins, double[] scores, ILogger logger)
    {
        if (model is null)
        {
            return default;
        }

        try
        {
            model.Scorer.Score(features(model), margins, scores);
            return new ScoredBy(model, model.Identity, null);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Failed(logger, model.Identity.ModelVersion, exception);
            return default;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Model {ModelVersion} failed to score; its transactions go to review, or to the stable version.")]
    private static partial void Failed(ILogger logger, string modelVersion, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No pod of {ModelVersion} scored ({Why}); {StandIn} decides in its place.")]
    private static partial void FellBack(ILogger logger, string modelVersion, string why, string standIn);
}
