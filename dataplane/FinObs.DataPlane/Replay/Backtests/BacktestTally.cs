using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Decisions.Feedback;
using FinObs.DataPlane.Ledger.Labels;

namespace FinObs.DataPlane.Replay.Backtests;

/// <summary>A decision as it was and as it would have been.</summary>
/// <param name="Id">The decision's.</param>
/// <param name="Day">Of receipt, UTC.</param>
/// <param name="Before">Of record.</param>
/// <param name="After">By the backtest, with the rules' findings as they were.</param>
/// <param name="Amount">Without sign, in the base currency; null where no rate is known.</param>
/// <param name="Label">Null where there is none.</param>
/// <param name="IsMature">Whether the label counts.</param>
internal readonly record struct ComparedDecision(Guid Id, DateOnly Day, Decision Before, Decision After, double? Amount, TransactionLabel? Label, bool IsMature);

/// <summary>Counts decisions before and after. Its size depends on the days of the window, not on its decisions.</summary>
internal sealed class BacktestTally
{
    /// <summary>Of each kind of change.</summary>
    private const int MostExamples = 5;

    private readonly SideTally _before = new(), _after = new();
    private readonly long[] _matrix = new long[9];
    private readonly List<Guid>[] _examples = [.. Enumerable.Range(0, 9).Select(_ => new List<Guid>())];
    private readonly SortedDictionary<DateOnly, BacktestDay> _days = [];
    private long _notScored, _byOthers, _unscorable, _amountUnknown, _immature;

    public void NotScored() => _notScored++;

    public void ByOthers() => _byOthers++;

    /// <summary>The version has no score for the vector; counted as a review beside this.</summary>
    public void Unscorable() => _unscorable++;

    public void Add(in ComparedDecision one)
    {
        int cell = ((int)one.Before * 3) + (int)one.After;
        _matrix[cell]++;
        if (one.Before != one.After && _examples[cell].Count < MostExamples)
        {
            _examples[cell].Add(one.Id);
        }

        TransactionLabel? label = one.IsMature ? one.Label : null;
        _immature += one.Label is not null && !one.IsMature ? 1 : 0;
        _amountUnknown += one.Amount is null ? 1 : 0;
        _before.Add(one.Before, one.Amount ?? 0, label);
        _after.Add(one.After, one.Amount ?? 0, label);
        BacktestDay day = _days.GetValueOrDefault(one.Day) ?? new BacktestDay(one.Day, 0, 0, 0);
        _days[one.Day] = day with
        {
            Decisions = day.Decisions + 1,
            AlertsBefore = day.AlertsBefore + (one.Before == Decision.Approve ? 0 : 1),
            AlertsAfter = day.AlertsAfter + (one.After == Decision.Approve ? 0 : 1),
        };
    }

    public BacktestReport Report(BacktestPlan plan, string baseCurrency)
    {
        long decisions = _matrix.Sum();
        LabelCounts labels = _before.Labels();
        return new BacktestReport(
            decisions, _notScored, _byOthers, _unscorable, plan.Scorer is not null, plan.OtherPopulation ? BacktestReport.OtherPopulation : BacktestReport.Exact, baseCurrency, _amountUnknown,
            new BacktestLabels(labels.Labelled, labels.Of(TransactionLabel.Fraud), labels.Of(TransactionLabel.Legitimate), _immature, decisions == 0 ? null : (double)labels.Labelled / decisions),
            _before.Side(decisions, _days.Count), _after.Side(decisions, _days.Count), Changes(), [.. _days.Values]);
    }

    private BacktestChanges Changes()
    {
        Decision[] all = Enum.GetValues<Decision>();
        return new BacktestChanges(
            _matrix[1] + _matrix[2] + _matrix[5], _matrix[3] + _matrix[6] + _matrix[7],
            all.ToDictionary(before => before.OnTheWire(), before => (IReadOnlyDictionary<string, long>)all.ToDictionary(after => after.OnTheWire(), after => _matrix[((int)before * 3) + (int)after])),
            [.. from before in all from after in all from id in _examples[((int)before * 3) + (int)after] select new BacktestExample(id, before, after)]);
    }
}

/// <summary>One side of the comparison.</summary>
internal sealed class SideTally
{
    private readonly long[] _decisions = new long[3];
    private readonly Dictionary<(Decision, TransactionLabel), long> _labelled = [];
    private double _flagged, _fraudCaught, _fraudMissed;

    public void Add(Decision decision, double amount, TransactionLabel? label)
    {
        _decisions[(int)decision]++;
        _flagged += decision == Decision.Approve ? 0 : amount;
        if (label is not { } known)
        {
            return;
        }

        _labelled[(decision, known)] = _labelled.GetValueOrDefault((decision, known)) + 1;
        if (known == TransactionLabel.Fraud)
        {
            _fraudCaught += decision == Decision.Approve ? 0 : amount;
            _fraudMissed += decision == Decision.Approve ? amount : 0;
        }
    }

    public LabelCounts Labels() => new(_labelled);

    public BacktestSide Side(long decisions, int days)
    {
        long alerts = decisions - _decisions[(int)Decision.Approve];
        LabelCounts labels = Labels();
        return new BacktestSide(
            Enum.GetValues<Decision>().ToDictionary(decision => decision.OnTheWire(), decision => _decisions[(int)decision]), alerts, decisions == 0 ? null : (double)alerts / decisions,
            days == 0 ? null : (double)alerts / days, Money(_flagged), Money(_fraudCaught), Money(_fraudMissed), BacktestFigures.Of(labels.From(Decision.Review)), BacktestFigures.Of(labels.From(Decision.Block)));
    }

    /// <summary>At a dated rate of a table of averages, cents are more than enough.</summary>
    private static double Money(double amount) => Math.Round(amount, 2, MidpointRounding.ToEven);
}
