namespace FinObs.DataPlane.Rollout.Analysis;

/// <summary>What one version did with its share of the traffic.</summary>
internal sealed class SampleSide
{
    /// <summary>Transactions that were its to score.</summary>
    public long Rows { get; set; }

    /// <summary>Those that it could not score.</summary>
    public long Errors { get; set; }

    /// <summary>Those whose score reaches its review threshold; rules left out.</summary>
    public long Alerts { get; set; }

    /// <summary>Explanations that were made at once.</summary>
    public long Explanations { get; set; }

    /// <summary>Those that failed.</summary>
    public long FailedExplanations { get; set; }

    public List<double> Scores { get; } = [];

    public void Add(double? score, double reviewAt)
    {
        Rows++;
        if (score is not { } value)
        {
            Errors++;
            return;
        }

        Scores.Add(value);
        Alerts += value >= reviewAt ? 1 : 0;
    }
}

/// <summary>The version on trial beside the stable one, over the same time.</summary>
internal sealed record RolloutSample(SampleSide Candidate, SampleSide Stable);

/// <summary>How often two versions scored the same transaction, and how often their thresholds came to another decision.</summary>
internal sealed record Disagreement(long Pairs, long Different);

/// <summary>Labelled alerts of a version.</summary>
internal sealed record LabelledAlerts(long Labelled, long Fraud);
