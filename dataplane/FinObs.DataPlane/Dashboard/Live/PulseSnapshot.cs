using FinObs.Contracts.Transactions;

namespace FinObs.DataPlane.Dashboard.Live;

/// <summary>What happened in a namespace up to one moment, for all who watch it on this replica.</summary>
/// <param name="At">That moment.</param>
/// <param name="Decided">Decisions of each of the last <see cref="Seconds"/> seconds, the newest last.</param>
/// <param name="Flagged">Those of them that were not approved.</param>
/// <param name="Total">Decisions since somebody began to watch.</param>
/// <param name="TotalFlagged">Those of them that were not approved.</param>
/// <param name="Newest">The newest first.</param>
internal sealed record PulseSnapshot(DateTimeOffset At, IReadOnlyList<int> Decided, IReadOnlyList<int> Flagged, long Total, long TotalFlagged, IReadOnlyList<LiveDecision> Newest)
{
    public const int Seconds = 60;

    public double PerSecond => Decided.Sum() / (double)Seconds;

    public double FlaggedPerMinute => Flagged.Sum() * 60.0 / Seconds;
}

/// <summary>A decision as it goes by. Holds nothing personal.</summary>
/// <param name="Id">The transaction's.</param>
/// <param name="Decision">What was decided.</param>
/// <param name="Score">Null where no model scored.</param>
/// <param name="Amount">Absolute.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Type">Of the transaction.</param>
/// <param name="DecidedAt">When.</param>
/// <param name="Why">The first reason, cleaned of personal data; null for an approval.</param>
internal sealed record LiveDecision(Guid Id, Decision Decision, double? Score, decimal Amount, string Currency, string Type, DateTimeOffset DecidedAt, string? Why);
