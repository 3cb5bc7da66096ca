using FinObs.Benchmarks.Report;
using FinObs.DataPlane.Storage;

namespace FinObs.Benchmarks.Faults;

/// <summary>The section on faults of docs/benchmarks.md.</summary>
internal static class FaultPage
{
    private const string Section = "faults";

    private const string Introduction = """
        ## Faults under load

        Single POSTs on 64 connections at 80 % of the peak that a short run has just shown, a fresh database for each fault. "Whole" says: memory stayed below 500 MB, no answers but
        200, 429 and 503 with Retry-After (and connections lost where a process was killed), every acknowledged transaction is stored, none twice, the rate came back to 90 %
        within a minute, and the audit log verifies: all of the database, and an export of the newest leaves with the public key alone. What is refused or cut off is sent again
        with the same id.
        """;

    public static void Write(DatabaseKind kind, IReadOnlyList<FaultOutcome> outcomes)
    {
        if (outcomes.Count == 0)
        {
            return;
        }

        string rows = string.Join('\n', outcomes.Select(Row));
        Pages.Write(Section, Introduction);
        Pages.Write(Pages.Of(Section, kind), $"""
            | fault | database | whole | a second before | back after | memory MB before / at most | answers | what happened |
            |---|---|---|---|---|---|---|---|
            {rows}

            {Machine.Description}
            """);
    }

    private static string Row(FaultOutcome outcome) =>
        $"| {outcome.Fault} | {outcome.Database} | {(outcome.Broken.Count == 0 ? "yes" : "**no**: " + OneLine(string.Join("; ", outcome.Broken)))} | {outcome.RateBefore:N0} | " +
        $"{outcome.RecoveryText} | {outcome.MemoryBefore:0} / {outcome.MemoryPeak:0} | {outcome.Load.Answers} | {outcome.Words}; {outcome.Stored} |";

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Replace("|", "/", StringComparison.Ordinal);
}
