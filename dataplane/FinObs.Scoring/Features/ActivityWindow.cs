namespace FinObs.Scoring.Features;

/// <summary>What one window of a profile holds at an instant.</summary>
internal readonly struct ActivityWindow
{
    /// <param name="state">The profile.</param>
    /// <param name="window">Which window.</param>
    /// <param name="left">What time has left of it since the newest transaction.</param>
    public ActivityWindow(in ProfileState state, int window, double left)
    {
        double count = state.Counts[window] * left;
        IsEmpty = !(count >= DecayWindows.Nothing);
        Count = IsEmpty ? 0 : count;
        Sum = IsEmpty ? 0 : state.Sums[window] * left;
    }

    /// <summary>Nothing worth a ratio is left.</summary>
    public bool IsEmpty { get; }

    /// <summary>Decayed number of transactions.</summary>
    public double Count { get; }

    /// <summary>Decayed sum of amounts, base currency.</summary>
    public double Sum { get; }

    /// <summary>Factors at an instant. A late one, before the newest transaction, sees the windows as they stand.</summary>
    public static Decay DecayAt(in ProfileState state, long instant) => DecayWindows.After(instant - state.Newest);
}
