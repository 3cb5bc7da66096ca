namespace FinObs.DataPlane.Agents.Evidence;

/// <summary>A decision as agents see it: no account, no counterparty, nothing that a sender wrote.</summary>
internal sealed record DecisionFacts
{
    public const string Kind = "decision";

    /// <summary>Of record.</summary>
    public required string Decision { get; init; }

    /// <summary>What holds now.</summary>
    public required string Holds { get; init; }

    public double? Score { get; init; }

    public double? ReviewAt { get; init; }

    public double? BlockAt { get; init; }

    public string? Model { get; init; }

    /// <summary>Decimal text.</summary>
    public required string Amount { get; init; }

    public required string Currency { get; init; }

    public required string Direction { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>Codes, of the model and of rules.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>Rules that asked for it, as id@version.</summary>
    public required IReadOnlyList<string> Rules { get; init; }

    public required IReadOnlyList<string> Regulations { get; init; }

    public required int Overrides { get; init; }

    public required bool HasAccount { get; init; }
}

/// <summary>What is known of the account of a decision, in numbers.</summary>
internal sealed record AccountFacts
{
    public const string Kind = "account";

    /// <summary>How many of its latest transactions were looked at.</summary>
    public required int Transactions { get; init; }

    public required int Reviewed { get; init; }

    public required int Blocked { get; init; }

    /// <summary>What people or the bank found out: labels.</summary>
    public required int Fraud { get; init; }

    public required int Legitimate { get; init; }
}

/// <summary>A case without what people wrote in it.</summary>
internal sealed record CaseFacts
{
    public const string Kind = "case";

    public required string Name { get; init; }

    public required string Type { get; init; }

    public required string Status { get; init; }

    public required string Severity { get; init; }

    public required int Priority { get; init; }

    /// <summary>Where it comes from: decisions, drift, callbacks, replay, person.</summary>
    public required string Source { get; init; }

    public required bool Assigned { get; init; }

    public required bool Overdue { get; init; }

    /// <summary>It waits until a day that somebody set.</summary>
    public bool OnHold { get; init; }

    public required int Transactions { get; init; }

    public required int Blocked { get; init; }

    public required IReadOnlyList<string> Reasons { get; init; }

    public double? LargestAmount { get; init; }

    public double? HighestScore { get; init; }

    public required bool HasAccount { get; init; }
}

/// <summary>How cases that are like this one ended.</summary>
internal sealed record SimilarFacts
{
    public const string Kind = "similar";

    public required int Compared { get; init; }

    public required int ConfirmedFraud { get; init; }

    public required int Legitimate { get; init; }

    /// <summary>Confirmed fraud of the same account.</summary>
    public required int SameAccountFraud { get; init; }

    /// <summary>The most similar ones, by name.</summary>
    public required IReadOnlyList<string> Cases { get; init; }
}

/// <summary>Acts of a period by kind, decisions apart.</summary>
internal sealed record PeriodFacts
{
    public const string Kind = "period";

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    public required int Acts { get; init; }

    public required IReadOnlyDictionary<string, int> ByKind { get; init; }

    public required int Reviewed { get; init; }

    public required int Blocked { get; init; }

    public required int Overridden { get; init; }

    public required int RejectedApprovals { get; init; }
}
