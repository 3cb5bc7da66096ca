using FinObs.Contracts.Resources.ABExperiments;
using FinObs.DataPlane.Experiments.Judging;

namespace FinObs.DataPlane.Experiments.Measuring;

/// <summary>One decision of an arm, or what a version in shadow would have made of it.</summary>
/// <param name="IsScored">The arm's version has scored it.</param>
/// <param name="IsFlagged">The score reached its review threshold; rules left out.</param>
/// <param name="IsMature">Old enough for its label to be final.</param>
/// <param name="IsFraud">Its label; null = it has none.</param>
/// <param name="IsOverridden">A person decided otherwise.</param>
internal readonly record struct ArmOutcome(bool IsScored, bool IsFlagged, bool IsMature, bool? IsFraud, bool IsOverridden);

/// <summary>What of a unit has been counted already: each metric takes the first decision on which it can be told, and that for good.</summary>
internal sealed class UnitTally
{
    public bool IsMixed { get; set; }

    public bool Errors { get; set; }

    public bool Alerts { get; set; }

    public bool Matured { get; set; }

    public bool Labelled { get; set; }

    public bool Precision { get; set; }

    public bool Recall { get; set; }

    public bool FalsePositives { get; set; }

    public bool Pair { get; set; }

    public bool Compared { get; set; }
}

/// <summary>Counts an arm, a decision at a time.</summary>
internal sealed class ArmTally(string name, double share)
{
    private Count _errors, _alerts, _precision, _recall, _falsePositives, _overrides, _differences;

    public long Units { get; set; }

    public long Decisions { get; set; }

    public void Add(UnitTally unit, ArmOutcome outcome)
    {
        if (!unit.Errors)
        {
            unit.Errors = true;
            _errors.Sure(!outcome.IsScored);
        }

        if (!outcome.IsScored)
        {
            return;
        }

        if (!unit.Alerts)
        {
            unit.Alerts = true;
            _alerts.Sure(outcome.IsFlagged);
        }

        if (outcome.IsMature)
        {
            AddMature(unit, outcome);
        }
    }

    /// <summary>Whether it and the control would decide otherwise.</summary>
    public void Compare(UnitTally unit, bool isDifferent)
    {
        if (!unit.Compared)
        {
            unit.Compared = true;
            _differences.Sure(isDifferent);
        }
    }

    public ArmCounts Counted(double? p99Ms) => new()
    {
        Name = name,
        Share = share,
        Units = Units,
        Decisions = Decisions,
        P99Ms = p99Ms,
        Metrics = new Dictionary<ExperimentMetric, MetricCount>
        {
            [ExperimentMetric.AlertRate] = _alerts.Counted,
            [ExperimentMetric.ErrorRate] = _errors.Counted,
            [ExperimentMetric.PrecisionAtK] = _precision.Counted,
            [ExperimentMetric.Recall] = _recall.Counted,
            [ExperimentMetric.FalsePositiveRate] = _falsePositives.Counted,
            [ExperimentMetric.OverrideRate] = _overrides.Counted,
            [ExperimentMetric.DisagreementRate] = _differences.Counted,
        },
    };

    private void AddMature(UnitTally unit, ArmOutcome outcome)
    {
        if (!unit.Matured)
        {
            unit.Matured = true;
            _overrides.Sure(outcome.IsOverridden);
            _recall.Eligible++;
            _falsePositives.Eligible++;
        }

        if (outcome.IsFraud is not null && !unit.Labelled)
        {
            unit.Labelled = true;
            _recall.Known++;
            _falsePositives.Known++;
        }

        if (outcome.IsFlagged && !unit.Precision)
        {
            unit.Precision = true;
            _precision.Eligible++;
            _precision.Known += outcome.IsFraud is null ? 0 : 1;
            _precision.Try(outcome.IsFraud);
        }

        if (outcome.IsFraud == true && !unit.Recall)
        {
            unit.Recall = true;
            _recall.Try(outcome.IsFlagged);
        }

        if (outcome.IsFraud == false && !unit.FalsePositives)
        {
            unit.FalsePositives = true;
            _falsePositives.Try(outcome.IsFlagged);
        }
    }

    private struct Count
    {
        public long Successes, Trials, Known, Eligible;

        public readonly MetricCount Counted => new(Successes, Trials, Known, Eligible);

        public void Try(bool? isSuccess)
        {
            Trials += isSuccess is null ? 0 : 1;
            Successes += isSuccess == true ? 1 : 0;
        }

        /// <summary>Of what needs no label.</summary>
        public void Sure(bool isSuccess)
        {
            Eligible++;
            Known++;
            Try(isSuccess);
        }
    }
}
