using FinObs.Scoring.Evaluation;

namespace FinObs.Scoring.Tests.Evaluation;

public sealed class CandidateGateTests
{
    private static readonly HoldOutMetrics Sound = new(0.40, 0.9, 0.5, 0.5, 0.01, 0.01, 0.001, 0.02, 0.1);

    [Theory]
    [InlineData(0.40, true)]
    [InlineData(0.381, true)]
    [InlineData(0.379, false)]
    public void With_enough_known_frauds_average_precision_decides_with_its_margin(double now, bool passed)
    {
        GateVerdict verdict = CandidateGate.Judge(Sound with { AveragePrecision = now, ScorePsi = 9 }, Sound, 5_000, CandidateGate.EnoughFrauds);
        Assert.Equal((passed, "average-precision"), (verdict.Passed, verdict.Rule));
    }

    [Fact]
    public void With_too_few_known_frauds_average_precision_decides_nothing()
    {
        GateVerdict verdict = CandidateGate.Judge(Sound with { AveragePrecision = 0 }, Sound, 5_000, CandidateGate.EnoughFrauds - 1);
        Assert.Equal((true, "stability"), (verdict.Passed, verdict.Rule));
        Assert.Contains("49 known frauds are fewer than 50", verdict.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.02, 0.02, 0.1, true)]
    [InlineData(0.021, 0.02, 0.1, false)]
    [InlineData(0.01, 0.11, 0.1, false)]
    [InlineData(0.01, 0.02, 0.51, false)]
    public void A_candidate_that_is_less_stable_than_noise_allows_is_refused(double alertRate, double psi, double shift, bool passed) =>
        Assert.Equal(passed, CandidateGate.Judge(Sound with { AlertRate = alertRate, ScorePsi = psi, ReconstructionShift = shift }, Sound, 0, 0).Passed);

    [Fact]
    public void What_the_current_version_does_worse_is_no_reason_to_refuse()
    {
        HoldOutMetrics drifted = Sound with { AlertRate = 0.3, ScorePsi = 0.8, ReconstructionShift = 2 };
        Assert.True(CandidateGate.Judge(drifted with { AlertRate = 0.2, ScorePsi = 0.7, ReconstructionShift = 1.9 }, drifted, 0, 0).Passed);
        Assert.False(CandidateGate.Judge(drifted, Sound, 0, 0).Passed);
        Assert.False(CandidateGate.Judge(drifted, null, 0, 0).Passed);
    }

    [Fact]
    public void A_rate_that_is_no_number_does_not_pass() => Assert.False(CandidateGate.Judge(Sound with { AlertRate = double.NaN }, Sound, 0, 0).Passed);
}
