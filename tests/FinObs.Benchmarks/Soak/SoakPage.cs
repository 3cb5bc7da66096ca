using FinObs.Benchmarks.Report;

namespace FinObs.Benchmarks.Soak;

/// <summary>The section on memory and start of docs/benchmarks.md.</summary>
internal static class SoakPage
{
    public static void Write(IReadOnlyList<SoakOutcome> outcomes)
    {
        if (outcomes.Count == 0)
        {
            return;
        }

        string rows = string.Join('\n', outcomes.Select(outcome =>
            $"| {outcome.Database} | {outcome.Transactions:N0} | {outcome.TransactionsPerSecond:N0} | {outcome.AtRestBefore:0} | {outcome.AtRestAfter:0} | {outcome.Peak:0} | " +
            $"{(outcome.IsFlat ? "flat" : "rising")}, {outcome.Slope:+0.0;-0.0} | {outcome.Restart.Ready.TotalSeconds:0.00} | {outcome.Restart.FirstPost.TotalMilliseconds:0} | " +
            $"{outcome.Restart.SecondPost.TotalMilliseconds:0.0} | {outcome.Restart.AtRest:0} |"));
        string courses = string.Join('\n', outcomes.Select(outcome => $"- {outcome.Database}: {outcome.Course}; {outcome.Stored}."));
        Pages.Write("soak", $"""
            ## Memory and start

            Batches of 10,000 and single POSTs on 64 connections in turn, four fifths of the transactions in batches. Memory is the data plane's resident memory in MB: ten seconds
            after a start on an empty database (target < 300), half a minute after the last transaction (target < 500), at most, and the slope over the second half in MB for
            each 100,000 transactions ("flat": the second half adds less than a tenth). Then the process is restarted on the warm database: seconds to ready (target < 2),
            milliseconds of its first and second POST.

            | database | transactions | tx/s | at rest before | at rest after | at most | working set | ready | first POST | second | at rest |
            |---|---|---|---|---|---|---|---|---|---|---|
            {rows}

            Over the run, in ten parts of its time:

            {courses}

            {Machine.Description}
            """);
    }
}
