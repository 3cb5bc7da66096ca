using FinObs.Benchmarks.Load;

namespace FinObs.Benchmarks.Report;

/// <summary>The section on load over HTTP of docs/benchmarks.md.</summary>
internal static class LoadPage
{
    public static void Write(IReadOnlyList<Outcome> outcomes, LoadSettings settings)
    {
        string rows = string.Join('\n', outcomes.Select(outcome =>
            $"| {outcome.Scenario} | {outcome.Database} | {outcome.Median:N0} {outcome.Unit} | {outcome.Rates.Min():N0} – {outcome.Rates.Max():N0} | " +
            $"{(outcome.Target is { } target ? $"{target:N0} | {outcome.Median / target:0.00}" : " | ")} | {outcome.Latency} | {outcome.Shares} |"));
        string remarks = string.Join('\n', outcomes.Select(outcome => $"- {outcome.Scenario}, {outcome.Database}: {outcome.Remarks}."));
        Pages.Write("load", $"""
            ## Load over HTTP

            The built data plane as a process of its own, over loopback, with everything on: the built-in model with all its features, explanations for what is flagged, audit leaves,
            outbox; transactions of the simulated bank over {settings.Accounts:N0} accounts, after a warm-up. PostgreSQL with fsync, synchronous_commit and full_page_writes on and
            shared_buffers of 1 GB, on a unix socket; SQLite with WAL and synchronous=FULL. `batch`: POSTs of 10,000, one after the other; `single64`, `single256`: single POSTs, each
            connection sending as soon as it was answered; `ndjson`: one stream, its answer read meanwhile; `read`: lists and single transactions in turn while nothing is written.
            Shares are of the time of all processors. The ratio is rate / target.

            | load | database | median | lowest – highest | target | ratio | latency and memory | processors |
            |---|---|---|---|---|---|---|---|
            {rows}

            {remarks}

            {Machine.Description}
            """);
    }
}
