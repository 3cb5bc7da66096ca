using FinObs.Scoring.Explanation;

namespace FinObs.DataPlane.Models.Remote;

/// <summary>A model version that is computed outside this process.</summary>
internal interface IRemoteScoring
{
    /// <summary>Scores N rows (N × F) into margins and scores.</summary>
    ValueTask<RemoteScores> ScoreAsync(ReadOnlyMemory<float> rows, double[] margins, double[] scores, CancellationToken cancellationToken);

    /// <summary>Explains N rows, one explanation each; null where nobody answered.</summary>
    ValueTask<ScoreExplanation[]?> ExplainAsync(ReadOnlyMemory<float> rows, int count, CancellationToken cancellationToken);
}

/// <summary>What became of a call for scores.</summary>
internal abstract record RemoteScores
{
    private RemoteScores()
    {
    }

    /// <summary>Margins and scores are there, checked, and this engine made them.</summary>
    /// <param name="Engine">What computed them.</param>
    /// <param name="MarginTolerance">How far they may be, relative to max(1, |margin|), from what this process would compute.</param>
    internal sealed record Scored(EngineIdentity Engine, double MarginTolerance) : RemoteScores;

    /// <summary>They are not; the message says why, for the log.</summary>
    internal sealed record Failed(string Why) : RemoteScores;
}
