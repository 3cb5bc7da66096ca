using System.Globalization;
using FinObs.Testing;

namespace FinObs.Scoring.Tests.Experiments.Simulation;

/// <summary>The figures of docs/experiments.md: simulated anew each time, with the seeds they were made with, and what they promise.</summary>
public sealed class ExperimentSimulationTests
{
    private static readonly string Docs = File.ReadAllText(RepositoryRoot.Combine("docs/experiments.md"));

    [Theory]
    [InlineData(0.9, 0.02, 1)]
    [InlineData(0.3, 0.05, 2)]
    [InlineData(0.05, 0.02, 3)]
    public void Fifty_looks_find_an_effect_that_is_not_there_in_at_most_one_experiment_of_twenty(double rate, double tau, int seed)
    {
        Errors errors = ExperimentSimulation.SameRate(rate, tau, seed);

        Assert.InRange(errors.Sequential / (double)ExperimentSimulation.Runs, 0, 0.05);
        Assert.InRange(errors.AtTheEnd / (double)ExperimentSimulation.Runs, 0.03, 0.065);
        Assert.InRange(errors.Seed / (double)ExperimentSimulation.Runs, 0.2, 1);
        Says(FormattableString.Invariant($"| no effect, rate {rate} | {ExperimentSimulation.Percent(errors.Seed)} | {ExperimentSimulation.Percent(errors.Sequential)} | {ExperimentSimulation.Percent(errors.AtTheEnd)} |"));
    }

    [Fact]
    public void Labels_that_are_missing_are_not_errors()
    {
        Errors errors = ExperimentSimulation.UnequalLabels(4);

        Assert.Equal(ExperimentSimulation.Runs, errors.Seed);
        Assert.InRange(errors.AtTheEnd / (double)ExperimentSimulation.Runs, 0.03, 0.065);
        Says($"| no effect, labels for 90 % and 60 % | {ExperimentSimulation.Percent(errors.Seed)} | {ExperimentSimulation.Percent(errors.Sequential)} | {ExperimentSimulation.Percent(errors.AtTheEnd)} |");
    }

    [Theory]
    [InlineData(0.3, 0.05, 5)]
    [InlineData(0.6, 0.1, 6)]
    [InlineData(0.05, 0.02, 7)]
    [InlineData(0.02, -0.01, 8)]
    public void The_planned_size_finds_the_effect_that_it_is_planned_for(double control, double effect, int seed)
    {
        Found found = ExperimentSimulation.RealEffect(control, effect, seed);

        Assert.InRange(found.AtTheEnd / (double)ExperimentSimulation.Runs, 0.77, 0.83);
        Assert.InRange(found.SequentialTwice / (double)ExperimentSimulation.Runs, 0.75, 1);
        Says(string.Create(
            CultureInfo.InvariantCulture,
            $"| {control} → {control + effect:0.##} | {found.Planned} | {ExperimentSimulation.Percent(found.AtTheEnd)} | {ExperimentSimulation.Percent(found.Sequential)} | {ExperimentSimulation.Percent(found.SequentialTwice)} | {found.MeanStop:0} |"));
    }

    [Theory]
    [InlineData(0.5, 9, 0, 0.001)]
    [InlineData(0.54, 10, 0.95, 1)]
    public void A_split_that_is_not_as_planned_is_seen_and_one_that_is_is_left_in_peace(double share, int seed, double least, double most)
    {
        double called = ExperimentSimulation.SampleRatio(share, seed);

        Assert.InRange(called, least, most);
        Says(string.Create(CultureInfo.InvariantCulture, $"| split {share * 100:0} : {100 - (share * 100):0}, planned 50 : 50 | {called * 100:0.0} % |"));
    }

    [Theory]
    [InlineData(0.5, 11, 0, 0.05)]
    [InlineData(0.65, 12, 0.9, 1)]
    public void Pairs_say_which_version_is_better_and_nothing_where_neither_is(double treatmentRight, int seed, double least, double most)
    {
        (double sequential, double atTheEnd) = ExperimentSimulation.Paired(treatmentRight, seed);

        Assert.InRange(sequential, least, most);
        Says(string.Create(CultureInfo.InvariantCulture, $"| pairs, treatment right on {treatmentRight * 100:0} % of those that differ | {sequential * 100:0.0} % | {atTheEnd * 100:0.0} % |"));
    }

    private static void Says(string line) => Assert.True(Docs.Contains(line, StringComparison.Ordinal), $"docs/experiments.md does not say what the simulation does:\n{line}");
}
