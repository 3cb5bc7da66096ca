using FinObs.Load.Scenarios;

namespace FinObs.Load.Running;

/// <summary>What a run came to.</summary>
/// <param name="Scenario">What was run.</param>
/// <param name="Scale">Every rate times so much.</param>
/// <param name="StartedAt">When.</param>
/// <param name="Requests">A tally for each request of the mix, of the phases that count.</param>
/// <param name="Seconds">The whole run, second by second.</param>
/// <param name="LateStart">By how much the 99th percentile of requests was sent later than due, because this program was busy: above a few milliseconds its figures are its own.</param>
internal sealed record LoadResult(LoadScenario Scenario, double Scale, DateTimeOffset StartedAt, IReadOnlyList<Tally> Requests, IReadOnlyList<Second> Seconds, TimeSpan LateStart)
{
    /// <summary>A sentence for each expectation that was not met.</summary>
    public IReadOnlyList<string> Unmet => [.. Scenario.Expect.SelectMany(Check)];

    private IEnumerable<string> Check(Expectation expected)
    {
        Tally tally = Requests[Scenario.Mix.Select((request, i) => (request.Name, i)).Single(pair => pair.Name == expected.Of).i];
        if (tally.Due == 0)
        {
            yield return $"{expected.Of}: none was due.";
        }

        if (expected.P50 is { } median && tally.Latencies.Percentile(0.5) > median)
        {
            yield return $"{expected.Of}: p50 is {Report.Figures.Time(tally.Latencies.Percentile(0.5))}, expected at most {Report.Figures.Time(median)}.";
        }

        if (expected.P99 is { } tail && tally.Latencies.Percentile(0.99) > tail)
        {
            yield return $"{expected.Of}: p99 is {Report.Figures.Time(tally.Latencies.Percentile(0.99))}, expected at most {Report.Figures.Time(tail)}.";
        }

        if (expected.Errors is { } share && tally.ErrorShare > share)
        {
            yield return $"{expected.Of}: {Report.Figures.Percent(tally.ErrorShare)} errors, expected at most {Report.Figures.Percent(share)}.";
        }
    }
}
