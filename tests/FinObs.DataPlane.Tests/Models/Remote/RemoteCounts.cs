using System.Diagnostics.Metrics;
using FinObs.DataPlane.Models.Remote;
using FinObs.DataPlane.Telemetry;

namespace FinObs.DataPlane.Tests.Models.Remote;

/// <summary>What the host's own metrics say since this was made. The tests that look at it share one class, so that they run one after the other.</summary>
internal sealed class RemoteCounts : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _calls;
    private long _fallbacks;
    private long _ejections;

    public RemoteCounts()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == FinObsTelemetry.Name)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
        {
            switch (instrument.Name)
            {
                case RemoteMetrics.CallsName: Interlocked.Add(ref _calls, value); break;
                case RemoteMetrics.FallbacksName: Interlocked.Add(ref _fallbacks, value); break;
                case RemoteMetrics.EjectionsName: Interlocked.Add(ref _ejections, value); break;
            }
        });
        _listener.Start();
    }

    public long Calls => Interlocked.Read(ref _calls);

    public long Fallbacks => Interlocked.Read(ref _fallbacks);

    public long Ejections => Interlocked.Read(ref _ejections);

    public void Dispose() => _listener.Dispose();
}
