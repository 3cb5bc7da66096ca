using FinObs.Contracts.Resources.DriftPolicies;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>How far back the overview looks, and how it cuts it.</summary>
internal sealed record OverviewRange(string Name, string Text, TimeSpan Length, TimeSpan Bar)
{
    public static readonly OverviewRange[] All =
    [
        new("1h", "hour", TimeSpan.FromHours(1), TimeSpan.FromMinutes(5)),
        new("24h", "24 hours", TimeSpan.FromHours(24), TimeSpan.FromMinutes(30)),
        new("7d", "7 days", TimeSpan.FromDays(7), TimeSpan.FromHours(3)),
    ];

    public static OverviewRange Of(string? name) => Array.Find(All, range => range.Name == name) ?? All[1];
}

/// <summary>Everything that the overview shows, read at one moment.</summary>
internal sealed record OverviewModel
{
    public required string Range { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The worst of <see cref="Sentences"/>: good, watch, bad, none.</summary>
    public required string State { get; init; }

    /// <summary>The verdict in words, the worst first.</summary>
    public required IReadOnlyList<VerdictSentence> Sentences { get; init; }

    public required IReadOnlyList<FlowBar> Bars { get; init; }

    public required IReadOnlyList<DateTimeOffset> Deployments { get; init; }

    public required TailModel Tail { get; init; }

    public required LatencyModel Latency { get; init; }

    public required DriftSummary? Drift { get; init; }

    public required IReadOnlyList<WaitingApproval> Approvals { get; init; }

    public required IReadOnlyList<DeliveryLine> Deliveries { get; init; }

    public long Decisions => Bars.Sum(bar => bar.Rows);

    public long Flagged => Bars.Sum(bar => bar.Review + bar.Blocked);
}

/// <summary>A sentence of the verdict.</summary>
/// <param name="State">good, watch, bad, none.</param>
/// <param name="Text">In words.</param>
/// <param name="Path">Where the evidence is; null = here.</param>
internal sealed record VerdictSentence(string State, string Text, string? Path = null);

/// <summary>Decisions of some minutes.</summary>
internal sealed record FlowBar(DateTimeOffset From, long Approved, long Review, long Blocked)
{
    public long Rows => Approved + Review + Blocked;
}

/// <summary>The newest scores on the scale of rarity.</summary>
/// <param name="Model">Who decides; null = nobody.</param>
/// <param name="ReviewAt">Score from which on a person reviews.</param>
/// <param name="BlockAt">Score from which on it is blocked.</param>
/// <param name="Scores">How many scores these are.</param>
/// <param name="OverReview">Those at or over <paramref name="ReviewAt"/>.</param>
/// <param name="Counts">Per eighth of a power of ten, from ordinary to one in ten thousand.</param>
internal sealed record TailModel(string? Model, double ReviewAt, double BlockAt, int Scores, int OverReview, IReadOnlyList<int> Counts)
{
    /// <summary>Bins of a power of ten.</summary>
    public const int PerDecade = 8;

    public const int Decades = 4;

    /// <summary>The share that the threshold asks for.</summary>
    public double Budget => 1 - ReviewAt;

    public double AlertRate => Scores == 0 ? 0 : OverReview / (double)Scores;
}

/// <summary>How long scoring takes on this replica.</summary>
/// <param name="P99Ms">Of the time to score a row, of the last 2,048 calls; null = there was none.</param>
/// <param name="Scored">Rows since its start.</param>
/// <param name="Failed">Rows that could not be scored since then.</param>
internal sealed record LatencyModel(double? P99Ms, long Scored, long Failed);

/// <summary>The last check of the deciding model.</summary>
internal sealed record DriftSummary(Guid Id, string Model, DateTimeOffset CheckedAt, long Samples, bool Judged, bool Drifting, DriftSeverity Severity, int Drifted, double? MaxPsi, IReadOnlyList<DriftFeature> Features)
{
    public string State => !Judged ? "none" : Drifting ? "bad" : Drifted > 0 ? "watch" : "good";
}

/// <summary>One watched quantity of a check.</summary>
/// <param name="Name">Catalogue name.</param>
/// <param name="Psi">Population stability index; null = not judged.</param>
/// <param name="PValue">Of the test, after correction; null = none.</param>
/// <param name="Value">What was compared with <paramref name="Threshold"/>.</param>
/// <param name="Threshold">The limit.</param>
/// <param name="Rows">Transactions that had it.</param>
/// <param name="State">good, watch, bad, none.</param>
/// <param name="Test">By which statistic.</param>
/// <param name="History">Its index in the checks before, oldest first.</param>
internal sealed record DriftFeature(string Name, double? Psi, double? PValue, double? Value, double? Threshold, long Rows, string State, string Test, IReadOnlyList<double> History);

/// <summary>A request that people are asked about.</summary>
internal sealed record WaitingApproval(Guid Id, string Summary, string Action, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, bool Mine);

/// <summary>How one target stands.</summary>
internal sealed record DeliveryLine(string Target, string State, string Text, long Queue, double OldestSeconds, long DeadLetters);
