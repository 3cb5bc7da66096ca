using System.Diagnostics.Metrics;
using FinObs.DataPlane.Audit.Tree;
using FinObs.DataPlane.Monitoring;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Dashboard.Live;

/// <summary>
/// What this process measures anyway, kept for half an hour in steps of ten seconds, so that a page can draw it where nobody has set up Prometheus. It listens to the same instruments; nothing is measured twice.
/// </summary>
internal sealed partial class HostFigures : BackgroundService
{
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(10);
    public const int Slots = 180;

    private const string Requests = "http.server.request.duration";
    private const int MostRoutes = 500;

    /// <summary>Answers that last as long as somebody listens: their duration says nothing.</summary>
    private static readonly string[] Lasting = ["/_blazor", "/webhooks/stream", "/mcp"];

    private readonly TimeProvider _time;
    private readonly ILogger<HostFigures> _logger;
    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new();
    private readonly HostSlot[] _slots = [.. Enumerable.Range(0, Slots).Select(_ => new HostSlot())];
    private readonly Dictionary<string, RouteFigures> _routes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _gauges = new(StringComparer.Ordinal);
    private TimeSpan _cpu;
    private TimeSpan _paused;

    public HostFigures(TimeProvider time, ILogger<HostFigures> logger)
    {
        (_time, _logger, Since) = (time, logger, time.GetUtcNow());
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name is Requests or TransactionMetrics.ChunkDurationName or TransactionMetrics.StepDurationName or TransactionMetrics.DecisionsName or AuditFigures.LagName or MonitoringMetrics.BacklogName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>(Measured);
        _listener.SetMeasurementEventCallback<long>(Counted);
        _listener.Start();
    }

    /// <summary>When it began to listen.</summary>
    public DateTimeOffset Since { get; }

    /// <summary>How it is now; what is kept goes on changing beside it.</summary>
    public HostSnapshot Now()
    {
        long now = SlotOf(_time.GetUtcNow());
        lock (_gate)
        {
            Spread chunks = new();
            Dictionary<string, Spread> steps = new(StringComparer.Ordinal);
            List<HostPoint> points = [];
            for (long number = Math.Max(SlotOf(Since), now - Slots + 1); number <= now; number++)
            {
                HostSlot slot = _slots[number % Slots];
                points.Add(slot.Number == number ? slot.Point(number) : HostPoint.Nothing(number));
                if (slot.Number == number)
                {
                    chunks.Add(slot.Chunks);
                    slot.AddStepsTo(steps);
                }
            }

            return new HostSnapshot(
                Since, points, LineOf("", chunks), [.. steps.OrderByDescending(step => step.Value.SumSeconds).Select(step => LineOf(step.Key, step.Value))],
                [.. _routes.OrderByDescending(route => route.Value.Took.Count).Select(route => new RouteLine(route.Key, LineOf(route.Key, route.Value.Took), route.Value.Failed))],
                _gauges.GetValueOrDefault(AuditFigures.LagName), (long)_gauges.GetValueOrDefault(MonitoringMetrics.BacklogName));
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        (_cpu, _paused) = (Environment.CpuUsage.TotalTime, GC.GetTotalPauseDuration());
        using PeriodicTimer timer = new(Step, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Look();
        }
    }

    /// <summary>What has to be asked for: the process itself, and what others keep as a gauge.</summary>
    internal void Look()
    {
        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (AggregateException exception)
        {
            NotAsked(_logger, exception);
        }

        (TimeSpan cpu, TimeSpan paused) = (Environment.CpuUsage.TotalTime, GC.GetTotalPauseDuration());
        lock (_gate)
        {
            HostSlot slot = Current();
            (slot.Cpu, slot.Paused) = ((cpu - _cpu) / Step / Environment.ProcessorCount, (paused - _paused) / Step);
            (slot.WorkingSet, slot.Heap) = (Environment.WorkingSet, GC.GetTotalMemory(forceFullCollection: false));
            (_cpu, _paused) = (cpu, paused);
        }
    }

    public override void Dispose()
    {
        _listener.Dispose();
        base.Dispose();
    }

    private void Measured(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        lock (_gate)
        {
            switch (instrument.Name)
            {
                case TransactionMetrics.ChunkDurationName: Current().Chunks.Add(value); break;
                case TransactionMetrics.StepDurationName: Current().StepTook(Tag(tags, "finobs.step") ?? "", value); break;
                case Requests: Answered(value, tags); break;
                default: _gauges[instrument.Name] = value; break;
            }
        }
    }

    private void Counted(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        lock (_gate)
        {
            if (instrument.Name == TransactionMetrics.DecisionsName)
            {
                HostSlot slot = Current();
                slot.Decided += value;
            }
            else
            {
                _gauges[instrument.Name] = value;
            }
        }
    }

    private void Answered(double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string route = Tag(tags, "http.route") ?? "";
        if (route.Length == 0 || Array.Exists(Lasting, lasting => ("/" + route.TrimStart('/')).StartsWith(lasting, StringComparison.Ordinal)))
        {
            return;
        }

        bool failed = Tag(tags, "http.response.status_code") is { Length: 3 } status && status[0] == '5';
        HostSlot slot = Current();
        (slot.Requests, slot.Failed) = (slot.Requests + 1, slot.Failed + (failed ? 1 : 0));
        string name = $"{Tag(tags, "http.request.method")} /{route.TrimStart('/')}";
        if (!_routes.TryGetValue(name, out RouteFigures? figures))
        {
            if (_routes.Count >= MostRoutes)
            {
                return;
            }

            _routes[name] = figures = new RouteFigures();
        }

        figures.Took.Add(seconds);
        figures.Failed += failed ? 1 : 0;
    }

    private HostSlot Current()
    {
        long number = SlotOf(_time.GetUtcNow());
        HostSlot slot = _slots[number % Slots];
        slot.BeginAs(number);
        return slot;
    }

    private static long SlotOf(DateTimeOffset at) => at.UtcTicks / Step.Ticks;

    private static SpreadLine LineOf(string name, Spread spread) => new(name, spread.Count, spread.SumSeconds, 1000 * spread.MeanSeconds, 1000 * spread.Quantile(0.5), 1000 * spread.Quantile(0.99));

    private static string? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            if (tag.Key == name)
            {
                return tag.Value?.ToString();
            }
        }

        return null;
    }

    private sealed class RouteFigures
    {
        public Spread Took { get; } = new();

        public long Failed { get; set; }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A gauge could not be asked for a page.")]
    private static partial void NotAsked(ILogger logger, Exception exception);
}
