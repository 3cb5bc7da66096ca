namespace FinObs.Benchmarks.Load;

/// <summary>A load of single POSTs.</summary>
internal sealed record SingleLoadOptions
{
    public required int Port { get; init; }

    public required int Connections { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>How many at most; null = as many as the time and the log allow.</summary>
    public int? Requests { get; init; }

    /// <summary>The transactions' source, by which they are found again in the database.</summary>
    public required string Source { get; init; }

    /// <summary>Requests begin at this rate, whatever the answers do; null = each connection sends as soon as it was answered.</summary>
    public double? RequestsPerSecond { get; init; }

    /// <summary>Whoever waits longer is given up: the connection is closed and the request sent again on a new one.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);
}
