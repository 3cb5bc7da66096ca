using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace FinObs.Operator.Reconciliation;

/// <summary>The one source of spans and the one meter of the operator.</summary>
internal static class OperatorTelemetry
{
    public const string Name = "FinObs.Operator";

    public static readonly ActivitySource Source = new(Name);

    public static readonly Meter Meter = new(Name);

    private static readonly ConcurrentDictionary<string, Func<int>> Queues = [];
    private static int _leaders;

    private static readonly Histogram<double> ReconcileDuration = Meter.CreateHistogram<double>(
        Metrics.ReconcileDuration, "s", "How long one reconcile took.");

    private static readonly Counter<long> ReconcileErrors = Meter.CreateCounter<long>(
        Metrics.ReconcileErrors, "{error}", "Reconciles that failed and are tried again.");

    private static readonly Counter<long> WatchRestarts = Meter.CreateCounter<long>(
        Metrics.WatchRestarts, "{restart}", "Watches that ended and were begun anew.");

    static OperatorTelemetry()
    {
        Meter.CreateObservableGauge(
            Metrics.QueueDepth, () => Queues.Select(queue => new Measurement<int>(queue.Value(), Kind(queue.Key))), "{object}", "Objects that wait to be reconciled.");
        Meter.CreateObservableGauge(Metrics.Leader, () => Volatile.Read(ref _leaders), "{leader}", "1 while this process holds the lease.");
    }

    public static void WatchQueue(string kind, Func<int> depth) => Queues[kind] = depth;

    public static void LeadershipTaken() => Interlocked.Increment(ref _leaders);

    public static void LeadershipGivenUp() => Interlocked.Decrement(ref _leaders);

    /// <param name="kind">The kind.</param>
    /// <param name="reason"><c>ended</c> (ordinary), <c>gone</c> or <c>failed</c>.</param>
    public static void WatchRestarted(string kind, string reason) => WatchRestarts.Add(1, Kind(kind), new("reason", reason));

    /// <param name="kind">The kind.</param>
    /// <param name="result"><c>done</c>, <c>requeued</c>, <c>conflict</c>, <c>cancelled</c> or <c>error</c>.</param>
    /// <param name="duration">From taking the key to the end.</param>
    public static void Reconciled(string kind, string result, TimeSpan duration)
    {
        ReconcileDuration.Record(duration.TotalSeconds, Kind(kind), new("result", result));
        if (result == "error") ReconcileErrors.Add(1, Kind(kind));
    }

    private static KeyValuePair<string, object?> Kind(string kind) => new("kind", kind);
}

/// <summary>Names of the operator's metrics.</summary>
internal static class Metrics
{
    public const string QueueDepth = "finobs.operator.queue.depth";
    public const string ReconcileDuration = "finobs.operator.reconcile.duration";
    public const string ReconcileErrors = "finobs.operator.reconcile.errors";
    public const string Leader = "finobs.operator.leader";
    public const string WatchRestarts = "finobs.operator.watch.restarts";
}
