namespace FinObs.Benchmarks.Load;

/// <summary>How long and how large a load is.</summary>
internal sealed record LoadSettings
{
    public int Accounts { get; init; } = 100_000;

    public int Rounds { get; init; } = 5;

    /// <summary>POSTs of a round of <c>batch</c>.</summary>
    public int Batches { get; init; } = 10;

    /// <summary>Of a round of single POSTs.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    public int Lines { get; init; } = 1_000_000;

    public int Reads { get; init; } = 2_000;

    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(5);
}
