namespace FinObs.Load.Scenarios;

/// <summary>What is sent, how often, and what is expected of the answers.</summary>
internal sealed record LoadScenario
{
    public string Name { get; init; } = "load";

    public Uri Target { get; init; } = new("http://localhost:5080");

    /// <summary>Of the arrivals and of the transactions: the same seed sends the same at the same times.</summary>
    public int Seed { get; init; } = 7;

    /// <summary>Accounts among which transactions are spread, few of them with many.</summary>
    public int Accounts { get; init; } = 10_000;

    /// <summary>Connections at most. A request that finds none free waits, and its waiting counts.</summary>
    public int Connections { get; init; } = 256;

    /// <summary>Requests on their way at most: what is due beyond is counted as not sent, since this program would then measure itself.</summary>
    public int MostInFlight { get; init; } = 10_000;

    /// <summary>After so long an answer counts as an error.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    public required IReadOnlyList<LoadPhase> Phases { get; init; }

    public required IReadOnlyList<LoadRequest> Mix { get; init; }

    public IReadOnlyList<Expectation> Expect { get; init; } = [];

    public TimeSpan Duration => TimeSpan.FromTicks(Phases.Sum(phase => phase.Duration.Ticks));
}

/// <summary>A stretch of time.</summary>
/// <param name="Name">As the report calls it.</param>
/// <param name="Duration">How long.</param>
/// <param name="From">Arrivals a second at its beginning.</param>
/// <param name="To">And at its end; in between they change evenly.</param>
/// <param name="Counted">False: it warms up, and nothing of it is in the figures.</param>
internal sealed record LoadPhase(string Name, TimeSpan Duration, double From, double To, bool Counted);

/// <summary>A kind of request.</summary>
/// <param name="Name">As the report calls it.</param>
/// <param name="Kind">Of <see cref="Requests.RequestKinds"/>.</param>
/// <param name="Weight">Its share, relative to the others'.</param>
/// <param name="Items">Transactions of a batch.</param>
/// <param name="Path">Of a plain GET.</param>
internal sealed record LoadRequest(string Name, string Kind, double Weight, int Items, string? Path);

/// <summary>What a kind of request has to keep to; null = not asked for.</summary>
/// <param name="Of">Name of the request.</param>
/// <param name="P50">Median from when it was due.</param>
/// <param name="P99">99th percentile.</param>
/// <param name="Errors">Share of those due that were not answered well.</param>
internal sealed record Expectation(string Of, TimeSpan? P50, TimeSpan? P99, double? Errors);

/// <summary>The scenario cannot be run; the message says what to change.</summary>
internal sealed class ScenarioException(string message) : Exception(message);
