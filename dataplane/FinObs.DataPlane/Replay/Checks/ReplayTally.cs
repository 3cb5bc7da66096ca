namespace FinObs.DataPlane.Replay.Checks;

/// <summary>Which check it is.</summary>
internal readonly record struct ReplayNight(Guid Id, DateTimeOffset Due, DateTimeOffset Now, int Seed);

/// <summary>Counts what the decisions of one sample came to.</summary>
internal sealed class ReplayTally
{
    private const int MostExamples = 20;

    private readonly List<Guid> _examples = [];
    private int _bitEqual, _within, _mismatched, _failed, _elsewhere, _changed;
    private double _largest;
    private string? _problem;

    public void Add(Guid id, ReplayOutcome outcome)
    {
        switch (outcome)
        {
            case ReplayOutcome.Replayed replayed:
                Add(id, replayed);
                break;
            case ReplayOutcome.NotPossible { IsFault: true } fault:
                _failed++;
                _problem ??= fault.Why;
                Example(id);
                break;
            default:
                _elsewhere++;
                break;
        }
    }

    public ReplayCheckRow Row(SampledVersion version, DrawnDecisions drawn, ReplayNight night) => new()
    {
        Id = night.Id,
        Namespace = version.Namespace,
        Model = version.Model,
        Version = version.Version,
        DueAt = night.Due,
        From = night.Due.AddDays(-1),
        CheckedAt = night.Now,
        Decisions = drawn.Decisions,
        Sampled = drawn.Ids.Count,
        Seed = night.Seed,
        BitEqual = _bitEqual,
        WithinTolerance = _within,
        Mismatched = _mismatched,
        Failed = _failed,
        Elsewhere = _elsewhere,
        DecisionsChanged = _changed,
        LargestMarginDelta = _largest,
        Examples = string.Join('\n', _examples),
        Problem = _problem,
    };

    private void Add(Guid id, ReplayOutcome.Replayed replayed)
    {
        // No score at all is as far away as can be; a row cannot say infinity.
        _largest = Math.Max(_largest, double.IsFinite(replayed.MarginDelta) ? replayed.MarginDelta : double.MaxValue);
        _changed += replayed.ByModel == replayed.StoredByModel ? 0 : 1;
        if (!replayed.Holds)
        {
            _mismatched++;
            Example(id);
        }
        else if (replayed.IsBitEqual)
        {
            _bitEqual++;
        }
        else
        {
            _within++;
        }
    }

    private void Example(Guid id)
    {
        if (_examples.Count < MostExamples)
        {
            _examples.Add(id);
        }
    }
}
