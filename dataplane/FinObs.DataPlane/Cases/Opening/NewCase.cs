using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Outbox;

namespace FinObs.DataPlane.Cases.Opening;

/// <summary>Trouble that somebody has to look at: a new case, or more of one that is open.</summary>
internal sealed record NewCase
{
    public required string Namespace { get; init; }

    public required string Type { get; init; }

    /// <summary>Trouble of the same key is added to the open case of that key.</summary>
    public required string Key { get; init; }

    public required string Title { get; init; }

    public string? Description { get; init; }

    public required CaseSeverity Severity { get; init; }

    /// <summary>1 to 5; null: by severity.</summary>
    public int? Priority { get; init; }

    /// <summary>Of <see cref="CaseSources"/>.</summary>
    public required string Source { get; init; }

    /// <summary>Who opens it, without personal data.</summary>
    public string Actor { get; init; } = "system:cases";

    /// <summary>Personal: whose it is.</summary>
    public string? Account { get; init; }

    public string? Desk { get; init; }

    public string? Trader { get; init; }

    public string? RootCause { get; init; }

    public string? DetectionMethod { get; init; }

    public IReadOnlyList<CaseTransactionRow> Transactions { get; init; } = [];

    /// <summary>Codes of the reasons.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>In the base currency of the ledger.</summary>
    public double? LargestAmount { get; init; }

    public double? HighestScore { get; init; }

    /// <summary>What happened, for the open case that it is added to.</summary>
    public string? Comment { get; init; }

    public string? Traceparent { get; init; }
}

/// <summary>Where cases come from.</summary>
internal static class CaseSources
{
    public const string Decisions = "decisions";
    public const string Callbacks = "callbacks";
    public const string Drift = "drift";
    public const string Replay = "replay";
    public const string Person = "person";
}

/// <summary>
/// Makes cases of the events of one topic. A later slice whose events are trouble registers one; it is asked for many events at once, and whatever it answers is written in the commit that moves the
/// cursor on: an event becomes a case once.
/// </summary>
internal interface ICaseSource
{
    /// <summary>The topic in the log of events.</summary>
    string Topic { get; }

    Task<IReadOnlyList<NewCase>> CasesAsync(IReadOnlyList<StreamEvent> events, CancellationToken cancellationToken);
}
