using FinObs.Benchmarks.Load;
using FinObs.Benchmarks.Report;
using FinObs.DataPlane.Storage;

namespace FinObs.Benchmarks.Growth;

/// <summary>Growth as a table, on the console and in docs/benchmarks.md.</summary>
internal static class GrowthPage
{
    public const string Columns = "stored | tx/s | batch, median / longest ms | list, median / p99 ms | one account's | one | ready s | first POST ms | at rest MB | GB | bytes each";

    private const string Section = "growth";

    private const string Introduction = """
        ## Growth

        POSTs of 10,000 one after the other on one connection. After each step: reads on one connection while nothing is written (the newest 50, the newest 50 of an account,
        one by its sender's id), then a new process on the warm database: seconds to ready, its first POST, its resident memory ten seconds later.
        """;

    public static void Write(DatabaseKind kind, string database, int accounts, IReadOnlyList<GrowthStep> steps)
    {
        if (steps.Count == 0)
        {
            return;
        }

        (GrowthStep first, GrowthStep last) = (steps[0], steps[^1]);
        string rows = string.Join('\n', steps.Select(step => $"| {string.Join(" | ", step.Cells)} |"));
        Pages.Write(Section, Introduction);
        Pages.Write(Pages.Of(Section, kind), $"""
            ### {database}, {accounts:N0} accounts

            | {Columns} |
            |{string.Concat(Enumerable.Repeat("---|", Columns.Split('|').Length))}
            {rows}

            From the first row to the last: rate × {last.Rate / first.Rate:0.00}, list × {Ratio(first.Reads.List, last.Reads.List)}, one account's list ×
            {Ratio(first.Reads.AccountList, last.Reads.AccountList)}, one × {Ratio(first.Reads.One, last.Reads.One)}, start × {last.Start.Ready / first.Start.Ready:0.00}, memory at rest ×
            {last.Start.AtRest / first.Start.AtRest:0.00}. {Machine.Description}
            """);
    }

    private static string Ratio(LatencyHistogram first, LatencyHistogram last) => $"{last.Percentile(0.5) / first.Percentile(0.5):0.00}";
}
