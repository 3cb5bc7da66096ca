using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Remote;
using FinObs.DataPlane.Storage;
using FinObs.Scoring;
using FinObs.Scoring.Ensemble;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Replay;

/// <summary>Scores stored decisions again, each from its own vector by the artifact that decided, which is verified when it is loaded. Nothing is written.</summary>
internal sealed class DecisionReplay(IDatabase database, EngineDirectory engines, ModelLibrary models)
{
    /// <summary>Null where there is no such decision.</summary>
    public async Task<DecisionRow?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateHotContext();
        return await db.Decisions.FirstOrDefaultAsync(row => row.Id == id, cancellationToken);
    }

    public async Task<ReplayOutcome> ReplayAsync(DecisionRow row, CancellationToken cancellationToken)
    {
        if (row.EngineId is null)
        {
            return new ReplayOutcome.NotPossible("No model scored it when it was made, so there is nothing to score again.", IsFault: false);
        }

        if (row is not { Score: not null, Margin: not null, Features: not null } || await engines.FindAsync(row.EngineId, cancellationToken) is not { } engine)
        {
            return new ReplayOutcome.NotPossible("Its row names an engine, and has no score, no vector or no such engine: it is not what was written.", IsFault: true);
        }

        if (await models.FindAsync(engine.Digest, cancellationToken) is not { } model)
        {
            return new ReplayOutcome.NotPossible(
                $"The artifact {engine.Digest} of {engine.ModelVersion} is not here, or is refused (the log says which): upload the same bytes with POST /v1/artifacts, or look at its signature.", IsFault: true);
        }

        if (model.Scorer is ForeignModel)
        {
            return new ReplayOutcome.NotPossible($"{engine.ModelVersion} is computed by another server only: nothing here can compute it.", IsFault: false);
        }

        float[] features = FeatureBytes.Read(row.Features);
        return features.Length == model.Scorer.FeatureCount
            ? Scored(row, engine, model.Scorer, features)
            : new ReplayOutcome.NotPossible($"Its stored vector has {features.Length} features, {engine.ModelVersion} reads {model.Scorer.FeatureCount}: the row is not what was scored.", IsFault: true);
    }

    /// <summary>Whether the explanation made now is the stored one, byte for byte; null where none is stored or none could be made.</summary>
    public async Task<bool?> SameExplanationAsync(ReplayOutcome.Replayed replayed, CancellationToken cancellationToken)
    {
        if (replayed.Stored.Explanation is not { } stored
            || ExplanationBytes.Read(stored).Method is Scoring.Explanation.ExplanationMethod.Failed or Scoring.Explanation.ExplanationMethod.Unavailable
            || await models.FindAsync(replayed.Engine.Digest, cancellationToken) is not { } model)
        {
            return null;
        }

        return ExplanationBytes.Write(model.Scorer.Explain(FeatureBytes.Read(replayed.Stored.Features))).AsSpan().SequenceEqual(stored);
    }

    private static ReplayOutcome.Replayed Scored(DecisionRow row, EngineIdentity engine, IScoringModel scorer, float[] features)
    {
        Span<double> margins = stackalloc double[1], scores = stackalloc double[1];
        scorer.Score(features, margins, scores);
        double margin = row.Margin!.Value;
        return new ReplayOutcome.Replayed(row, engine, scorer.EngineFingerprint, margins[0], scores[0], scorer.Manifest.Calibration?.ScoreOf(margin) ?? ScoreCalibration.Round(margin));
    }
}
