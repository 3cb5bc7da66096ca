using System.Globalization;
using System.Text;
using FinObs.Load.Running;

namespace FinObs.Load.Report;

/// <summary>A result as a Markdown table, for the console and for pages.</summary>
internal static class ResultTable
{
    private static readonly double[] Quantiles = [0.5, 0.9, 0.99, 0.999];

    public static string Of(LoadResult result)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"\n{result.Scenario.Name}: {Phases(result)}; open model, latencies from when a request was due. ");
        text.Append(CultureInfo.InvariantCulture, $"Requests left this program at most {Figures.Time(result.LateStart)} late (p99).\n\n");
        text.Append("| request | due | answered well | errors | p50 | p90 | p99 | p99.9 | longest |\n|---|---|---|---|---|---|---|---|---|\n");
        for (int i = 0; i < result.Requests.Count; i++)
        {
            Tally tally = result.Requests[i];
            string times = string.Join(" | ", Quantiles.Select(quantile => Figures.Time(tally.Latencies.Percentile(quantile))));
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {result.Scenario.Mix[i].Name} | {Figures.Count(tally.Due)} | {Figures.Count(tally.Due - tally.Errors)} | {Figures.Percent(tally.ErrorShare)} | {times} | {Figures.Time(tally.Latencies.Max)} |\n");
        }

        foreach ((string cause, long count) in Causes(result))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{Figures.Count(count)} × {cause}");
        }

        foreach (string unmet in result.Unmet)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nNOT AS EXPECTED: {unmet}");
        }

        return text.Append(result.Unmet.Count == 0 && result.Scenario.Expect.Count > 0 ? "\nAs expected.\n" : "\n").ToString();
    }

    /// <summary>Of all requests, most frequent first.</summary>
    public static IEnumerable<(string Cause, long Count)> Causes(LoadResult result) =>
        result.Requests.SelectMany(tally => tally.Causes).GroupBy(pair => pair.Key, StringComparer.Ordinal).Select(group => (group.Key, group.Sum(pair => pair.Value))).OrderByDescending(pair => pair.Item2);

    public static string Phases(LoadResult result) => string.Join(", ", result.Scenario.Phases.Select(phase =>
        $"{phase.Name} {phase.Duration.TotalSeconds:0.#} s at {(phase.From == phase.To ? Figures.Rate(phase.From * result.Scale) : $"{Figures.Rate(phase.From * result.Scale)} to {Figures.Rate(phase.To * result.Scale)}")}{(phase.Counted ? "" : " (not counted)")}"));
}
