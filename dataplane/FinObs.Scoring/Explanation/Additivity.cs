using System.Globalization;

namespace FinObs.Scoring.Explanation;

/// <summary>The assertion behind every explanation: base and contributions add up to the margin.</summary>
internal static class Additivity
{
    /// <summary>Why the assertion fails, or <see langword="null"/> where it holds; the tolerance is relative to max(1, |margin|).</summary>
    public static string? Check(double total, double margin, double tolerance)
    {
        double difference = Math.Abs(total - margin);
        return difference <= tolerance * Math.Max(1, Math.Abs(margin))
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"Base and contributions add up to {total:R}, the margin is {margin:R}: they differ by {difference:E2}.");
    }
}
