using System.Diagnostics.Metrics;
using System.Text.Json.Serialization;
using FinObs.DataPlane.Telemetry;

namespace FinObs.DataPlane.Streaming;

/// <summary>Who reads the stream here, counted: for the gauges, and as a part of <c>GET /webhooks/status</c>.</summary>
internal sealed class StreamFigures : IStatusPart, IDisposable
{
    private readonly Meter _meter = new(FinObsTelemetry.Name);
    private readonly DecisionTails _tails;
    private readonly Counter<long> _sent;
    private int _open;

    public StreamFigures(DecisionTails tails)
    {
        _tails = tails;
        _sent = _meter.CreateCounter<long>("finobs.stream.events.sent", "{event}", "Decisions written to readers of the stream.");
        _meter.CreateObservableUpDownCounter("finobs.stream.readers", () => Volatile.Read(ref _open), "{reader}", "Readers of the stream on this replica.");
    }

    public string Name => "stream";

    public OpenStream Opened() => new(this);

    public void Sent(int count) => _sent.Add(count);

    public StreamStatus Status() => new(Volatile.Read(ref _open), _tails.Kept);

    public Task<object> ReadAsync(CancellationToken cancellationToken) => Task.FromResult<object>(Status());

    public void Dispose() => _meter.Dispose();

    /// <summary>A stream that counts until it is disposed of.</summary>
    internal sealed class OpenStream : IDisposable
    {
        private readonly StreamFigures _figures;

        public OpenStream(StreamFigures figures)
        {
            _figures = figures;
            Interlocked.Increment(ref figures._open);
        }

        public void Dispose() => Interlocked.Decrement(ref _figures._open);
    }
}

/// <summary>How the stream stands on this replica.</summary>
/// <param name="Subscribers">Readers.</param>
/// <param name="RecentEvents">Recent decisions held in memory for them; older ones come from the log.</param>
internal sealed record StreamStatus(
    [property: JsonPropertyName("subscribers")] int Subscribers,
    [property: JsonPropertyName("recent_events")] int RecentEvents);
