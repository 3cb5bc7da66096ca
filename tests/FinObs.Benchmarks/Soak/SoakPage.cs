using FinObs.Benchmarks.Report;
using FinObs.DataPlane.Storage;

namespace FinObs.Benchmarks.Soak;

/// <summary>The section on memory and start of docs/benchmarks.md.</summary>
internal static class SoakPage
{
    private const string Section = "soak";

    private const string Introduction = """
        ## Memory and start

        Batches of 10,000 and single POSTs on 64 connections in turn, four fifths of the transactions in batches. Memory is the data plane's resident memory in MB: ten seconds
        after a start on an empty database (target < 300), half a minute after the last transaction (target < 500), at most, and the slope over the second half in MB for
        each 100,000 transactions ("flat": the second half adds less than a tenth). Then the process is restarted on the warm database: seconds to ready (target < 2),
        milliseconds of its first and second POST.
        """;

    public static void Write(DatabaseKind kind, SoakOutcome outcome)
    {
        Pages.Write(Section, Introduction);
        Pages.Write(Pages.Of(Section, kind), $"""
            | database | transactions | tx/s | at rest before | at rest after | at most | working set | ready | first POST | second | at rest |
            |---|---|---|---|---|---|---|---|---|---|---|
            | {outcome.Database} | {outcome.Transactions:N0} | {outcome.TransactionsPerSecond:N0} | {outcome.AtRestBefore:0} | {outcome.AtRestAfter:0} | {outcome.Peak:0} | {Verdict(outcome)} | {outcome.Restart.Ready.TotalSeconds:0.00} | {outcome.Restart.FirstPost.TotalMilliseconds:0} | {outcome.Restart.SecondPost.TotalMilliseconds:0.0} | {outcome.Restart.AtRest:0} |

            Over the run, in ten parts of its time: {outcome.Course}; {outcome.Stored}. {Machine.Description}
            """);
    }

    private static string Verdict(SoakOutcome outcome) => $"{(outcome.IsFlat ? "flat" : "**rising**")}, {outcome.Slope:+0.0;-0.0}";
}
