namespace FinObs.Scoring.Explanation.Tables;

/// <summary>What a subtree can tell of one feature: between which of its cuts the value lies, or that it lies outside the interval that leads to the subtree.</summary>
/// <param name="Feature">Index of the feature.</param>
/// <param name="Above">Lower bound of the way to the subtree, excluded.</param>
/// <param name="UpTo">Upper bound, included.</param>
/// <param name="Cuts">The subtree's different thresholds within the interval, rising.</param>
internal sealed record Axis(int Feature, float Above, float UpTo, float[] Cuts)
{
    /// <summary>Number of things that can be told apart.</summary>
    public int Positions { get; } = Cuts.Length + (CanBeOutside(Above, UpTo) ? 2 : 1);

    /// <summary>Whether a way with these bounds asks the feature at all.</summary>
    public static bool CanBeOutside(float above, float upTo) => above > float.NegativeInfinity || upTo < float.PositiveInfinity;

    /// <summary>The position of values in (low, high], which no cut and no bound divides.</summary>
    public int PositionOf(float low, float high)
    {
        if (high <= Above || low >= UpTo)
        {
            return Cuts.Length + 1;
        }

        int position = 0;
        while (position < Cuts.Length && Cuts[position] <= low)
        {
            position++;
        }

        return position;
    }

    /// <summary>Whether the values of a position satisfy a test of a leaf of the subtree.</summary>
    public bool Satisfies(int position, in FeatureTest test)
    {
        if (position > Cuts.Length)
        {
            return false;
        }

        float low = position == 0 ? Above : Cuts[position - 1];
        float high = position == Cuts.Length ? UpTo : Cuts[position];
        return test.Above <= low && high <= test.UpTo;
    }
}
