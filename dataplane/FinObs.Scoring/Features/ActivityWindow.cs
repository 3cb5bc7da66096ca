namespace FinObs.Scoring.Features;

/// <summary>What one window of a profile holds at an instant: decayed since the newest transaction; a late instant sees it as it stands.</summary>
internal readonly struct ActivityWindow
{
    public ActivityWindow(in ProfileState state, long instant, int window)
    {
        double left = state.Transactions == 0 ? 0 : DecayWindows.Left(window, instant - state.Newest);
        double count = state.Counts[window] * left;
        IsEmpty = count < DecayWindows.Nothing;
        Count = IsEmpty ? 0 : count;
        Sum = IsEmpty ? 0 : state.Sums[window] * left;
    }

    /// <summary>Nothing worth a ratio is left.</summary>
    public bool IsEmpty { get; }

    /// <summary>Decayed number of transactions.</summary>
    public double Count { get; }

    /// <summary>Decayed sum of amounts, base currency.</summary>
    public double Sum { get; }
}
