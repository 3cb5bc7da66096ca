using FinObs.DataPlane.Dashboard.Live;
using FinObs.DataPlane.Dashboard.Parts;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>How this process does, in a sentence: the worst comes first.</summary>
internal static class HostWords
{
    /// <summary>Checkpoints are made each second.</summary>
    private const double LateSeconds = 30;

    /// <summary>More than windows count in a moment.</summary>
    private const long LongBacklog = 100_000;

    public static (string State, string Text) Verdict(HostSnapshot now)
    {
        long failed = now.Points.Sum(point => point.Failed);
        return now switch
        {
            { AuditLagSeconds: > LateSeconds } => ("bad", $"Signed checkpoints are {Words.Span(TimeSpan.FromSeconds(now.AuditLagSeconds))} behind"),
            _ when failed > 0 => ("watch", $"{Words.Plural(failed, "answer", "answers")} of this host failed in the last half hour"),
            { Backlog: > LongBacklog } => ("watch", $"{Words.Count(now.Backlog)} events are not counted yet"),
            { Chunks: { Count: > 0, P50Ms: { } half, P99Ms: { } most } } => ("good", $"Half of what is decided takes less than {Words.Short(half)}, one in a hundred more than {Words.Short(most)}"),
            _ => ("none", "Nothing was decided here in the last half hour"),
        };
    }

    /// <summary>A step as people say it: <c>finobs.transactions.commit</c> → commit.</summary>
    public static string Step(string name) => Words.Act(name[(name.LastIndexOf('.') + 1)..]);

    public static string Bytes(double bytes) => bytes switch
    {
        < 1024 * 1024 => $"{Words.Number(bytes / 1024, 0)} KiB",
        < 1024 * 1024 * 1024 => $"{Words.Number(bytes / 1024 / 1024, 0)} MiB",
        _ => $"{Words.Number(bytes / 1024 / 1024 / 1024, 2)} GiB",
    };
}
