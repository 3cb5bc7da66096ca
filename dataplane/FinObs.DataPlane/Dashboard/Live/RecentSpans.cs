using System.Diagnostics;
using FinObs.DataPlane.Telemetry;
using OpenTelemetry;

namespace FinObs.DataPlane.Dashboard.Live;

/// <summary>A span of a trace.</summary>
/// <param name="Name">As it is exported.</param>
/// <param name="StartMs">After the beginning of the trace.</param>
/// <param name="Ms">How long it took.</param>
internal sealed record SpanBar(string Name, double StartMs, double Ms);

/// <summary>
/// The spans of the newest commits here that flagged something, so that the page of a decision can draw where its time went without a tracing backend. Spans are made anyway; what flagged nothing is let go with its
/// commit. A commit belongs to every request that it answers, and is found by the trace of each.
/// </summary>
internal sealed class RecentSpans : BaseProcessor<Activity>
{
    private const int MostTraces = 2_000;
    private const int MostUnderWay = 1_000;
    private const int MostSpans = 60;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<Activity>> _underWay = new(StringComparer.Ordinal);
    private readonly Queue<string> _begun = new();
    private readonly Dictionary<string, Trace> _kept = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    public override void OnEnd(Activity data)
    {
        string trace = data.TraceId.ToHexString();
        lock (_gate)
        {
            if (_kept.TryGetValue(trace, out Trace? kept))
            {
                kept.Add(data); // the request, or what is done about it later
            }
            else if (data.Source.Name == FinObsTelemetry.Name && data.OperationName != Steps.Chunk)
            {
                UnderWay(trace).Add(data);
            }
            else if (data.OperationName == Steps.Chunk)
            {
                _underWay.Remove(trace, out List<Activity>? steps);
                if (data.GetTagItem("finobs.flagged") is > 0)
                {
                    Keep(trace, new Trace([.. steps ?? [], data]), data.Links);
                }
            }
        }
    }

    /// <summary>In the order in which they began; null where this process does not know, or not any more.</summary>
    public IReadOnlyList<SpanBar>? Of(string traceId)
    {
        lock (_gate)
        {
            return _kept.TryGetValue(traceId, out Trace? trace) ? trace.Bars() : null;
        }
    }

    private List<Activity> UnderWay(string trace)
    {
        if (_underWay.TryGetValue(trace, out List<Activity>? spans))
        {
            return spans;
        }

        _begun.Enqueue(trace);
        while (_begun.Count > MostUnderWay)
        {
            _underWay.Remove(_begun.Dequeue());
        }

        return _underWay[trace] = [];
    }

    private void Keep(string trace, Trace kept, IEnumerable<ActivityLink> links)
    {
        foreach (string id in links.Select(link => link.Context.TraceId.ToHexString()).Prepend(trace).Distinct())
        {
            if (_kept.TryAdd(id, kept))
            {
                _order.Enqueue(id);
            }
        }

        while (_order.Count > MostTraces)
        {
            _kept.Remove(_order.Dequeue());
        }
    }

    private sealed class Trace
    {
        private readonly List<(string Name, DateTime Start, TimeSpan Took)> _spans = [];

        public Trace(IEnumerable<Activity> spans)
        {
            foreach (Activity span in spans)
            {
                Add(span);
            }
        }

        public void Add(Activity span)
        {
            if (_spans.Count < MostSpans)
            {
                _spans.Add((span.Kind == ActivityKind.Server ? span.DisplayName : span.OperationName, span.StartTimeUtc, span.Duration));
            }
        }

        public IReadOnlyList<SpanBar> Bars()
        {
            DateTime start = _spans.Min(span => span.Start);
            return [.. _spans.OrderBy(span => span.Start).ThenByDescending(span => span.Took).Select(span => new SpanBar(span.Name, (span.Start - start).TotalMilliseconds, span.Took.TotalMilliseconds))];
        }
    }
}
