using FinObs.Benchmarks.Report;

namespace FinObs.Benchmarks.Growth;

/// <summary>Growth as a table, on the console and in docs/benchmarks.md.</summary>
internal static class GrowthPage
{
    public const string Columns = "stored | tx/s | batch, median / longest ms | list, median / p99 ms | one account's | one | ready s | first POST ms | at rest MB | GB | bytes each";

    public static void Write(IReadOnlyList<(string Database, IReadOnlyList<GrowthStep> Steps)> runs)
    {
        string tables = string.Join("\n\n", runs.Where(run => run.Steps.Count > 0).Select(Table));
        if (tables.Length == 0)
        {
            return;
        }

        Pages.Write("growth", $"""
            ## Growth

            POSTs of 10,000 one after the other on one connection, 100,000 accounts. After each step: reads on one connection while nothing is written (the newest 50, the newest
            50 of an account, one by its sender's id), then a new process on the warm database: seconds to ready, its first POST, its resident memory ten seconds later.

            {tables}

            {Machine.Description}
            """);
    }

    private static string Table((string Database, IReadOnlyList<GrowthStep> Steps) run)
    {
        GrowthStep first = run.Steps[0], last = run.Steps[^1];
        string rows = string.Join('\n', run.Steps.Select(step => $"| {string.Join(" | ", step.Cells)} |"));
        return $"""
            ### {run.Database}

            | {Columns} |
            |{string.Concat(Enumerable.Repeat("---|", Columns.Split('|').Length))}
            {rows}

            From the first row to the last: rate × {last.Rate / first.Rate:0.00}, list × {Ratio(first.Reads.List, last.Reads.List)}, one account's list ×
            {Ratio(first.Reads.AccountList, last.Reads.AccountList)}, one × {Ratio(first.Reads.One, last.Reads.One)}, start × {last.Start.Ready / first.Start.Ready:0.00}, memory at rest ×
            {last.Start.AtRest / first.Start.AtRest:0.00}.
            """;
    }

    private static string Ratio(Load.LatencyHistogram first, Load.LatencyHistogram last) => $"{last.Percentile(0.5) / first.Percentile(0.5):0.00}";
}
