using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Models;

namespace FinObs.DataPlane.Replay;

/// <summary>What came of scoring a stored decision again.</summary>
internal abstract record ReplayOutcome
{
    /// <summary>Scored again.</summary>
    /// <param name="Stored">As it is in the database; its score, margin and features are there.</param>
    /// <param name="Engine">What made it.</param>
    /// <param name="Fingerprint">What computed it now.</param>
    /// <param name="Margin">Now.</param>
    /// <param name="Score">Now.</param>
    /// <param name="ScoreOfMargin">What the version's calibration makes of the stored margin.</param>
    internal sealed record Replayed(DecisionRow Stored, EngineIdentity Engine, string Fingerprint, double Margin, double Score, double ScoreOfMargin) : ReplayOutcome
    {
        public bool IsSameEngine => Fingerprint == Engine.Fingerprint;

        public bool IsBitEqual => SameBits(Margin, Stored.Margin!.Value) && SameBits(Score, Stored.Score!.Value);

        public double Tolerance => ReplayTolerance.Of(Engine);

        public double MarginDelta => Math.Abs(Margin - Stored.Margin!.Value);

        /// <summary>
        /// Of a server that is not ours the margin may be further away, and a steep calibration makes more of that: there the stored score must be what the calibration makes of the stored margin.
        /// </summary>
        public bool IsWithinTolerance => MarginDelta <= Tolerance * Math.Max(1, Math.Abs(Stored.Margin!.Value))
            && Math.Abs((ReplayTolerance.IsExternal(Engine) ? ScoreOfMargin : Score) - Stored.Score!.Value) <= ReplayTolerance.OtherEngine;

        /// <summary>As good as can be asked for.</summary>
        public bool Holds => IsSameEngine ? IsBitEqual : IsWithinTolerance;

        /// <summary>The model's alone, by the thresholds that were in force; rules may have decided otherwise.</summary>
        public Decision ByModel => DecisionPolicy.Decide(Score, Engine.Thresholds.ReviewAt, Engine.Thresholds.BlockAt);

        public Decision StoredByModel => DecisionPolicy.Decide(Stored.Score!.Value, Engine.Thresholds.ReviewAt, Engine.Thresholds.BlockAt);

        private static bool SameBits(double a, double b) => BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b);
    }

    /// <summary>It cannot be scored again.</summary>
    /// <param name="Why">A sentence.</param>
    /// <param name="IsFault">It should be possible: something is gone, or is not what it was.</param>
    internal sealed record NotPossible(string Why, bool IsFault) : ReplayOutcome;
}
