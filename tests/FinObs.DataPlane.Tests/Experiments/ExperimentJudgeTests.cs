using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ABExperiments;
using FinObs.DataPlane.Experiments.Judging;
using FinObs.Testing;

namespace FinObs.DataPlane.Tests.Experiments;

/// <summary>What counts mean.</summary>
public sealed class ExperimentJudgeTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ExperimentDuration Week = new() { Min = Duration.Hours(24), Max = Duration.Hours(168) };

    /// <summary>Values of <c>scipy.stats.chi2_contingency(correction=False)</c>, from tests/fixtures.</summary>
    [Fact]
    public void At_the_planned_end_the_test_is_the_chi_squared_test_of_scipy()
    {
        foreach (string[] row in File.ReadLines(Fixtures.FullPath("statistics/chi2_oracle.csv")).Skip(1).Select(line => line.Split(',')))
        {
            long[] counts = [.. row.Take(4).Select(text => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture))];
            ExperimentCounts seen = Counts(Arm("control", 5000, counts[0], counts[0] + counts[1]), Arm("treatment", 5000, counts[2], counts[2] + counts[3]));

            TreatmentResult result = Judge(Spec() with { Analysis = Fixed }, seen, hours: 168).Treatments.Single();

            Assert.Equal(Number(row[6]), result.FixedStatistic!.Value, 1e-9 * Math.Max(1, Number(row[6])));
            Assert.Equal(Number(row[7]), result.FixedP!.Value, 1e-9);
        }
    }

    [Fact]
    public void Before_its_planned_end_a_fixed_horizon_says_nothing_however_clear_it_looks()
    {
        ExperimentCounts seen = Counts(Arm("control", 5000, 1000, 4000), Arm("treatment", 5000, 2000, 4000));

        Assert.Equal(ExperimentVerdict.Pending, Judge(Spec() with { Analysis = Fixed }, seen, hours: 167).Verdict);
        Assert.Null(Judge(Spec() with { Analysis = Fixed }, seen, hours: 167).Treatments[0].FixedP);
        Assert.Equal((ExperimentVerdict.TreatmentBetter, "treatment"), Judge(Spec() with { Analysis = Fixed }, seen, hours: 168) is var end ? (end.Verdict, end.Winner) : default);
    }

    [Fact]
    public void A_sequential_test_may_conclude_at_any_look_after_the_least_time()
    {
        ExperimentCounts seen = Counts(Arm("control", 5000, 1000, 4000), Arm("treatment", 5000, 1300, 4000));

        Assert.Equal(ExperimentVerdict.Pending, Judge(Spec(), seen, hours: 23).Verdict);
        Assert.Equal(ExperimentVerdict.TreatmentBetter, Judge(Spec(), seen, hours: 24).Verdict);
        Assert.Equal((ExperimentVerdict.ControlBetter, "control"), Judge(Spec() with { Primary = Precision with { Direction = MetricDirection.Decrease } }, seen, hours: 24) is var other ? (other.Verdict, other.Winner) : default);
    }

    [Fact]
    public void Evidence_that_was_there_does_not_go_away()
    {
        ExperimentEvaluation strong = Judge(Spec(), Counts(Arm("control", 5000, 1000, 4000), Arm("treatment", 5000, 1300, 4000)), hours: 1);

        ExperimentEvaluation weak = Judge(Spec(), Counts(Arm("control", 6000, 1250, 5000), Arm("treatment", 6000, 1300, 5000)), hours: 2, strong);

        Assert.Equal(strong.Treatments[0].SequentialP, weak.Treatments[0].SequentialP);
    }

    [Fact]
    public void Units_without_a_label_are_not_errors_and_an_uneven_share_of_them_blocks()
    {
        // The same rate among the labelled, labels for nine tenths and for six: the seed called that 0.81 against 0.54.
        ExperimentCounts seen = Counts(Arm("control", 5000, 4050, 4500, eligible: 5000), Arm("treatment", 5000, 2700, 3000, eligible: 5000));

        ExperimentEvaluation evaluation = Judge(Spec(), seen, hours: 100);

        Assert.Equal(0, evaluation.Treatments[0].Effect);
        Assert.Equal((ExperimentVerdict.Invalid, ABExperimentReasons.LabelsUneven), (evaluation.Verdict, evaluation.Reason));
        Assert.Equal(0.3, evaluation.CoverageGap!.Value, 1e-12);
    }

    [Fact]
    public void Arms_that_did_not_get_their_shares_have_no_verdict_even_where_they_differ()
    {
        ExperimentEvaluation evaluation = Judge(Spec(), Counts(Arm("control", 5600, 1000, 4000), Arm("treatment", 4400, 2000, 4000)), hours: 100);

        Assert.Equal((ExperimentVerdict.Invalid, ABExperimentReasons.SampleRatioMismatch, false), (evaluation.Verdict, evaluation.Reason, evaluation.SampleRatioOk));
        Assert.Null(evaluation.Winner);
    }

    [Fact]
    public void Units_in_two_arms_block_where_they_are_many()
    {
        ExperimentCounts seen = Counts(Arm("control", 5000, 1000, 4000), Arm("treatment", 5000, 1300, 4000));

        Assert.Equal(ExperimentVerdict.TreatmentBetter, Judge(Spec(), seen with { MultipleExposures = 100 }, hours: 100).Verdict);
        Assert.Equal(ExperimentVerdict.Invalid, Judge(Spec(), seen with { MultipleExposures = 101 }, hours: 100).Verdict);
    }

    [Fact]
    public void Too_few_units_say_nothing() =>
        Assert.Equal((ExperimentVerdict.Pending, ABExperimentReasons.TooFewLabels), Judge(Spec(), Counts(Arm("control", 999, 100, 900), Arm("treatment", 1001, 300, 900)), hours: 100) is var few ? (few.Verdict, few.Reason) : default);

    [Fact]
    public void A_difference_below_the_least_of_interest_is_none()
    {
        ExperimentCounts seen = Counts(Arm("control", 500_000, 100_000, 400_000), Arm("treatment", 500_000, 100_200, 400_000));

        Assert.Equal(ExperimentVerdict.NoDifference, Judge(Spec(), seen, hours: 100).Verdict);
    }

    /// <summary>Fleiss, Levin and Paik, table A.4: 0.60 against 0.70 at 5 % with a power of 0.80 needs 356.</summary>
    [Fact]
    public void It_says_how_many_units_are_needed_and_when_they_will_be_there()
    {
        ABExperimentSpec spec = Spec() with { Primary = Precision with { Mde = 0.1m }, Analysis = new ExperimentAnalysis { MinPerArm = 10 } };

        ExperimentEvaluation evaluation = Judge(spec, Counts(Arm("control", 200, 60, 100), Arm("treatment", 200, 60, 100)), hours: 24);

        Assert.Equal((356L, 2.6), (evaluation.RequiredPerArm!.Value, evaluation.EtaDays!.Value));
    }

    /// <summary>2 (1 + 6) / 64 by the binomial test.</summary>
    [Fact]
    public void Pairs_are_judged_by_those_on_which_the_versions_differ()
    {
        ABExperimentSpec spec = Spec() with { Mode = ExperimentMode.PairedShadow, Analysis = Fixed with { Test = ExperimentTest.McNemar } };
        ExperimentCounts seen = Counts(Arm("control", 5000, 10, 4000), Arm("treatment", 5000, 10, 4000)) with { Pairs = [new PairCounts("treatment", 4000, 1, 5)] };

        Assert.Equal(14.0 / 64, Judge(spec, seen, hours: 168).Treatments[0].FixedP!.Value, 1e-12);
        ExperimentEvaluation clear = Judge(spec with { Analysis = new ExperimentAnalysis() }, seen with { Pairs = [new PairCounts("treatment", 4000, 20, 120)] }, hours: 30);
        Assert.Equal(ExperimentVerdict.TreatmentBetter, clear.Verdict);
        Assert.Equal(0.025, clear.Treatments[0].Effect!.Value, 1e-12);
        Assert.True(clear.Treatments[0].Low > 0);
        Assert.Null(clear.SampleRatioP);
    }

    [Fact]
    public void A_guardrail_breaks_beyond_chance_only()
    {
        ExperimentGuardrail relative = new() { Metric = ExperimentMetric.AlertRate, MaxRelativeIncrease = 0.15m, Action = GuardrailAction.Stop };
        ExperimentGuardrail absolute = new() { Metric = ExperimentMetric.AlertRate, Max = 0.02m, Action = GuardrailAction.Pause };

        Assert.Equal([false, false], Breaks(100, 110));
        Assert.Equal([false, false], Breaks(100, 135));
        Assert.Equal([true, true], Breaks(100, 600));

        bool[] Breaks(long control, long treatment) =>
            [.. Judge(Spec() with { Guardrails = [relative], Signals = [absolute] }, Counts(Arm("control", 5000, 1, 2, alerts: control), Arm("treatment", 5000, 1, 2, alerts: treatment)), hours: 1).Guardrails.Select(one => one.IsBreached)];
    }

    [Fact]
    public void An_evaluation_is_read_as_it_was_written()
    {
        ExperimentEvaluation evaluation = Judge(Spec(), Counts(Arm("control", 5000, 1000, 4000), Arm("treatment", 5000, 1300, 4000)), hours: 100);

        ExperimentEvaluation read = ExperimentEvaluation.Read(evaluation.Write())!;

        Assert.Equal(evaluation.Write(), read.Write());
        Assert.Equal(evaluation.Arms[0].Metrics, read.Arms[0].Metrics);
    }

    private static ExperimentAnalysis Fixed => new() { Method = AnalysisMethod.FixedHorizon, MinPerArm = 10 };

    private static PrimaryMetric Precision => new() { Metric = ExperimentMetric.PrecisionAtK, Direction = MetricDirection.Increase };

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static ABExperimentSpec Spec() => new()
    {
        Model = "fraud",
        Arms = [new ExperimentArm { Name = "control", Version = "1.0.0", Weight = 50 }, new ExperimentArm { Name = "treatment", Version = "2.0.0", Weight = 50 }],
        Primary = Precision,
        Duration = Week,
        State = ExperimentState.Running,
    };

    private static ArmCounts Arm(string name, long units, long successes, long trials, long? eligible = null, long alerts = 50) => new()
    {
        Name = name,
        Share = 0.5,
        Units = units,
        Decisions = units,
        Metrics = new Dictionary<ExperimentMetric, MetricCount>
        {
            [ExperimentMetric.PrecisionAtK] = new(successes, trials, trials, eligible ?? trials),
            [ExperimentMetric.AlertRate] = new(alerts, units, units, units),
        },
    };

    private static ExperimentCounts Counts(params ArmCounts[] arms) => new() { Arms = arms };

    private static ExperimentEvaluation Judge(ABExperimentSpec spec, ExperimentCounts counts, double hours, ExperimentEvaluation? before = null) =>
        ExperimentJudge.Judge(spec, counts, before, TimeSpan.FromHours(hours), At);
}
