namespace FinObs.Benchmarks.Soak;

/// <summary>What a soak showed of one database. Memory is resident memory in MB.</summary>
internal sealed record SoakOutcome
{
    public required string Database { get; init; }

    public required long Transactions { get; init; }

    /// <summary>Ten seconds after the first start, on an empty database.</summary>
    public required double AtRestBefore { get; init; }

    /// <summary>Half a minute after the last transaction.</summary>
    public required double AtRestAfter { get; init; }

    public required double Peak { get; init; }

    /// <summary>Means of the ten parts of the time.</summary>
    public required string Course { get; init; }

    /// <summary>MB for each 100,000 transactions of the second half.</summary>
    public required double Slope { get; init; }

    public required double TransactionsPerSecond { get; init; }

    /// <summary>Of a new process on what the soak has stored.</summary>
    public required StartFigures Restart { get; init; }

    public required string Stored { get; init; }

    /// <summary>What the second half would have to add to be called rising: a tenth of the working set.</summary>
    public bool IsFlat => Slope * (Transactions / 2 / 100_000.0) < Peak / 10;

    public override string ToString() =>
        $"""
        soak       {Database}: {Transactions:N0} transactions at {TransactionsPerSecond:N0}/s, {Stored}
                   working set {(IsFlat ? "flat" : "RISING")}: {Slope:+0.0;-0.0} MB for each 100,000 transactions of the second half; {Course}, at most {Peak:0} MB
                   at rest {AtRestBefore:0} MB before (target < 300), {AtRestAfter:0} MB after (target < 500)
                   restarted: {Restart}
        """;
}
