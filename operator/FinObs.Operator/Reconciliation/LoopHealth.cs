using System.Collections.Concurrent;

namespace FinObs.Operator.Reconciliation;

/// <summary>
/// Whether the loops move. Each says what it begins and how long that may take; what takes longer is stuck, and the process is
/// better started again.
/// </summary>
internal sealed class LoopHealth(TimeProvider time)
{
    private readonly ConcurrentDictionary<Guid, Step> _steps = [];

    /// <summary>Dispose at the end of the step.</summary>
    public IDisposable Enter(string what, TimeSpan limit)
    {
        Guid id = Guid.CreateVersion7(time.GetUtcNow());
        _steps[id] = new Step(what, time.GetTimestamp(), limit);
        return new Leave(this, id);
    }

    /// <summary>What is stuck, in words; empty while all is well.</summary>
    public IReadOnlyList<string> Stuck() =>
    [
        .. _steps.Values
            .Where(step => time.GetElapsedTime(step.Begun) > step.Limit)
            .Select(step => $"{step.What} takes longer than {step.Limit}")
            .Order(StringComparer.Ordinal),
    ];

    private sealed record Step(string What, long Begun, TimeSpan Limit);

    private sealed class Leave(LoopHealth health, Guid id) : IDisposable
    {
        public void Dispose() => health._steps.TryRemove(id, out _);
    }
}
