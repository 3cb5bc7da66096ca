using FinObs.Scoring;
using FinObs.Scoring.Artifacts;

namespace FinObs.DataPlane.Replay.Backtests;

/// <summary>A backtest that can be carried out.</summary>
internal sealed record BacktestPlan
{
    public required string Namespace { get; init; }

    public required string Model { get; init; }

    public string? Version { get; init; }

    /// <summary>Scores again; null = the stored scores stand.</summary>
    public IScoringModel? Scorer { get; init; }

    public required DecisionThresholds Thresholds { get; init; }

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    public string? DecidedBy { get; init; }

    public required TimeSpan Maturity { get; init; }

    /// <summary>Labels of transactions received at or after it are not mature.</summary>
    public required DateTimeOffset MatureUntil { get; init; }

    /// <summary>Engines whose decisions are compared.</summary>
    public required IReadOnlySet<long> Engines { get; init; }

    /// <summary>Some vectors were made with another population than the version was trained on: see <see cref="BacktestReport.Features"/>.</summary>
    public required bool OtherPopulation { get; init; }
}

/// <summary>What can be said before anything is scored.</summary>
internal abstract record BacktestPlanning
{
    internal sealed record Ready(BacktestPlan Plan) : BacktestPlanning;

    /// <param name="Why">A sentence that says what to do.</param>
    /// <param name="IsMissing">There is no such version; otherwise the state of things forbids it.</param>
    internal sealed record Refused(string Why, bool IsMissing = false) : BacktestPlanning;

    /// <param name="Why">A sentence that says what to send.</param>
    internal sealed record TooMuch(string Why) : BacktestPlanning;
}
