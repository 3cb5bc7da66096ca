using FinObs.Scoring.Drift;

namespace FinObs.DataPlane.Drift.Checks;

/// <summary>What a window holds.</summary>
internal sealed record DriftWindowFigures
{
    public required long Samples { get; init; }

    public required long Approved { get; init; }

    public required long Review { get; init; }

    public required long Blocked { get; init; }

    public required long Unscored { get; init; }

    /// <summary><c>reference</c>, or <c>same hours of the week</c>.</summary>
    public required string ComparedWith { get; init; }

    /// <summary>What the policy asks for and is not judged, each with its reason.</summary>
    public required IReadOnlyList<string> LeftOut { get; init; }

    /// <summary>Share reviewed or blocked; 0 where there is nothing.</summary>
    public double AlertRate => Samples == 0 ? 0 : (Review + Blocked) / (double)Samples;
}

/// <summary>What was found of a window.</summary>
/// <param name="Features">Of the model's input.</param>
/// <param name="Outputs">Of its score and its reconstruction error, as far as they are targets.</param>
/// <param name="AlertBaseline">The share flagged that was expected.</param>
/// <param name="AlertDrifts">It is another one now.</param>
internal sealed record DriftJudgement(DriftVerdict Features, DriftVerdict Outputs, double AlertBaseline, bool AlertDrifts)
{
    /// <summary>Of its reasons; null where they are no target or could not be judged.</summary>
    public AttributionDrift? Attribution { get; init; }

    /// <summary>Of its decisions against labels; null likewise.</summary>
    public PerformanceDrift? Performance { get; init; }

    public bool Breach => BreachedBy.Count > 0;

    /// <summary>What makes it a breach.</summary>
    public IReadOnlyList<string> BreachedBy
    {
        get
        {
            List<string> reasons = [];
            AddIf(Features.Many, "share of features");
            AddIf(Features.Severe, "severe feature");
            AddIf(Features.Quality, "data quality");
            reasons.AddRange(Outputs.Features.Where(verdict => verdict.Drifts).Select(verdict => verdict.Drift.Name));
            AddIf(AlertDrifts, "alert rate");
            AddIf(Attribution?.Verdict.Drifts == true, AttributionDrift.Name);
            AddIf(Performance?.Verdict.Drifts == true, PerformanceDrift.Name);
            return reasons;

            void AddIf(bool holds, string reason)
            {
                if (holds)
                {
                    reasons.Add(reason);
                }
            }
        }
    }

    public bool Warns => Features.Drifted > 0 || All.Any(verdict => verdict.Warns);

    public IEnumerable<FeatureVerdict> All => [.. Features.Features, .. Outputs.Features, .. new[] { Attribution?.Verdict, Performance?.Verdict }.OfType<FeatureVerdict>()];

    public int Drifted => All.Count(verdict => verdict.Drifts) + (AlertDrifts ? 1 : 0);

    public double? MaxPsi => All.Select(verdict => verdict.Drift.PopulationStability).Where(double.IsFinite).Select(value => (double?)Math.Round(value, 6)).Max();
}
