namespace FinObs.Scoring.Features;

/// <summary>Whether stored numbers can come from a history: a damaged row must not become a score.</summary>
internal static class ProfileCheck
{
    public static bool IsSound(in ProfileState state)
    {
        bool sound = state.Oldest <= state.Newest && AllCounts(state.Counts) && AllCounts(state.Sums) && AllCounts(state.Squares) && AllCounts(state.Bins)
            && IsSound(in state.Amounts) && IsCount(state.NoveltyWeight) && state.NoveltyShare is >= 0 and <= 1;
        foreach (ref readonly ProfileState.TypeSlot slot in (ReadOnlySpan<ProfileState.TypeSlot>)state.Types)
        {
            sound &= IsSound(in slot.Amounts);
        }

        return sound;
    }

    private static bool IsSound(in Moments moments) => IsCount(moments.Weight) && float.IsFinite(moments.Mean) && IsCount(moments.Variance);

    private static bool AllCounts(ReadOnlySpan<float> values)
    {
        bool sound = true;
        foreach (float value in values)
        {
            sound &= IsCount(value);
        }

        return sound;
    }

    private static bool IsCount(float value) => value >= 0 && value <= float.MaxValue;
}
