using System.Diagnostics;
using System.Diagnostics.Metrics;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Telemetry;

namespace FinObs.DataPlane.Callbacks;

/// <summary>How outbound webhooks go. Queues are measured by the replica that looks after them every few seconds, so a scrape asks no database.</summary>
internal static class CallbackMetrics
{
    public const string AttemptsName = "finobs.callbacks.attempts";
    public const string DurationName = "finobs.callbacks.duration";
    public const string QueueName = "finobs.callbacks.queue.depth";
    public const string OldestName = "finobs.callbacks.queue.age";
    public const string DeadLettersName = "finobs.callbacks.dead_letters";
    public const string BreakerName = "finobs.callbacks.breaker.state";

    private static readonly Counter<long> Attempts = FinObsTelemetry.Meter.CreateCounter<long>(AttemptsName, "{attempt}", "Attempts to deliver a message, by outcome.");
    private static readonly Histogram<double> Duration = FinObsTelemetry.Meter.CreateHistogram<double>(DurationName, "s", "One attempt: from the request to the answer's status.");

    private static volatile IReadOnlyList<TargetFigures> _figures = [];

    static CallbackMetrics()
    {
        FinObsTelemetry.Meter.CreateObservableGauge(QueueName, () => Measure(figures => figures.Queue), "{message}", "Messages that wait for a target.");
        FinObsTelemetry.Meter.CreateObservableGauge(OldestName, () => Measure(figures => figures.OldestAge.TotalSeconds), "s", "How long the oldest message has waited.");
        FinObsTelemetry.Meter.CreateObservableGauge(DeadLettersName, () => Measure(figures => figures.DeadLetters), "{message}", "Messages that were given up and are kept.");
        FinObsTelemetry.Meter.CreateObservableGauge(BreakerName, () => Measure(figures => (long)figures.State), "{state}", "0 active, 1 throttled, 2 circuit open, 3 disabled.");
    }

    public static void Attempted(AttemptOutcome outcome, TimeSpan took)
    {
        TagList tags = new() { { "finobs.outcome", outcome.ToString() } };
        Attempts.Add(1, tags);
        Duration.Record(took.TotalSeconds, tags);
    }

    /// <summary>What the gauges show from now on.</summary>
    public static void Show(IReadOnlyList<TargetFigures> figures) => _figures = figures;

    private static IEnumerable<Measurement<T>> Measure<T>(Func<TargetFigures, T> value)
        where T : struct =>
        _figures.Select(figures => new Measurement<T>(value(figures), new TagList { { "finobs.namespace", figures.Namespace }, { "finobs.target", figures.Target } }));
}
