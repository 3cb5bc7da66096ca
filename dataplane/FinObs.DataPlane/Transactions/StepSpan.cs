using System.Diagnostics;
using FinObs.DataPlane.Telemetry;

namespace FinObs.DataPlane.Transactions;

/// <summary>One step of a chunk: its span, and its time in the histogram, recorded while the span is the current one so that the two find each other.</summary>
internal readonly struct StepSpan(string step) : IDisposable
{
    private readonly Activity? _span = FinObsTelemetry.StartStep(step);
    private readonly long _start = Stopwatch.GetTimestamp();

    public void Dispose()
    {
        TransactionMetrics.StepTaken(step, Stopwatch.GetElapsedTime(_start));
        _span?.Dispose();
    }
}
