using System.Globalization;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Transactions;
using FinObs.Scoring.Artifacts;

namespace FinObs.DataPlane.Ingestion;

/// <summary>Puts a stored decision into the words of <see cref="MonitorAnswer"/>. Pure: a replay gives the same bytes.</summary>
internal static class MonitorAnswers
{
    /// <summary>The rules that ask for such a record. Keeping one is not a claim of compliance.</summary>
    public const string Regulation = "FINRA Rule 4511 / SEC Rule 17a-4 books and records";

    private const string Agent = "finobs-transaction-monitor";

    private static readonly Decision[] All = [Decision.Approve, Decision.Review, Decision.Block];

    public static MonitorAnswer Of(TransactionOutcome.Scored scored)
    {
        TransactionResult result = scored.Result;
        DecisionThresholds thresholds = scored.Thresholds;
        if (result.AnomalyScore is not { } score)
        {
            return Unscored(result);
        }

        Decision byScore = MonitorConfidence.DecisionOf(score, thresholds);

        // A rule is not more or less certain: where it overrides the score there is no distance to speak of.
        bool byRule = byScore != result.Decision;
        int confidence = byRule ? 100 : MonitorConfidence.Of(score, thresholds);
        return new MonitorAnswer(
            result.Decision,
            confidence,
            Reasoning(result, score, thresholds, byRule),
            [.. All.Where(d => d != result.Decision).Select(d => Alternative(d, result, score, thresholds, confidence))],
            new MonitorAuditTrail(RegulationOf(result), TimeOf(result.Id), Agent),
            result.TransactionId,
            result.AnomalyScore,
            result.ModelVersion,
            result.TraceId,
            result.Id);
    }

    /// <summary>No model could score: nothing is known of it, so a person decides and no confidence is claimed.</summary>
    private static MonitorAnswer Unscored(TransactionResult result) => new(
        result.Decision,
        0,
        string.Join(" ", result.RiskFactors),
        [.. All.Where(d => d != result.Decision).Select(d => new MonitorAlternative(d, 0, "Needs a score, and no model could give one."))],
        new MonitorAuditTrail(RegulationOf(result), TimeOf(result.Id), Agent),
        result.TransactionId,
        null,
        result.ModelVersion,
        result.TraceId,
        result.Id);

    /// <summary>What asks for the record, and what asked for the rules that hit.</summary>
    private static string RegulationOf(TransactionResult result) => result.Regulation is { } rules ? $"{Regulation}; {rules}" : Regulation;

    private static string Reasoning(TransactionResult result, double score, DecisionThresholds thresholds, bool byRule)
    {
        string place = score >= thresholds.BlockAt ? $"at or above the block threshold {Text(thresholds.BlockAt)}"
            : score >= thresholds.ReviewAt ? $"at or above the review threshold {Text(thresholds.ReviewAt)}"
            : $"below the review threshold {Text(thresholds.ReviewAt)}";
        string reasons = result.RiskFactors.Count == 0 ? "" : $" {string.Join("; ", result.RiskFactors)}.";
        string rule = byRule ? " A rule, not the score, decided." : "";
        return $"Anomaly score {Text(score)} is {place}.{rule}{reasons}";
    }

    private static MonitorAlternative Alternative(Decision decision, TransactionResult result, double score, DecisionThresholds thresholds, int confidence)
    {
        string when = decision switch
        {
            Decision.Approve => $"a score below {Text(thresholds.ReviewAt)}",
            Decision.Review => $"a score from {Text(thresholds.ReviewAt)} to below {Text(thresholds.BlockAt)}",
            _ => $"a score of {Text(thresholds.BlockAt)} or more",
        };
        bool isNext = decision == Nearest(result.Decision, score, thresholds);
        return new MonitorAlternative(decision, isNext ? 100 - confidence : 0, $"Takes {when}; this one is {Text(score)}.");
    }

    private static Decision Nearest(Decision taken, double score, DecisionThresholds thresholds)
    {
        if (taken != Decision.Review)
        {
            return Decision.Review;
        }

        // Where review spans both sides, the nearer threshold names the neighbour.
        double middle = 1 - Math.Sqrt((1 - thresholds.ReviewAt) * (1 - thresholds.BlockAt));
        return score < middle ? Decision.Approve : Decision.Block;
    }

    private static string Text(double score) => score.ToString("0.######", CultureInfo.InvariantCulture);

    // The first 48 bits of a UUIDv7 are Unix milliseconds.
    private static DateTimeOffset TimeOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        long milliseconds = 0;
        foreach (byte b in bytes[..6]) milliseconds = (milliseconds << 8) | b;
        return DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(milliseconds, 253_402_300_799_999));
    }
}
