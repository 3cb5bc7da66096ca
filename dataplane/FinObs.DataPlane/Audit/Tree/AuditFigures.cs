using System.Diagnostics.Metrics;
using FinObs.DataPlane.Audit.Anchors;
using FinObs.DataPlane.Telemetry;

namespace FinObs.DataPlane.Audit.Tree;

/// <summary>How far the log is behind what was committed, for those who are to be woken. Fed by the sequencer's rounds, so that a scrape asks no database.</summary>
internal sealed class AuditFigures : IDisposable
{
    public const string SizeName = "finobs.audit.tree.size";
    public const string LagName = "finobs.audit.checkpoint.lag";
    public const string CheckpointsName = "finobs.audit.checkpoints";
    public const string FaultsName = "finobs.audit.faults";
    public const string ClosedName = "finobs.audit.closed";

    private readonly Meter _meter = new(FinObsTelemetry.Name);
    private readonly Counter<long> _checkpoints;
    private readonly Counter<long> _faults;
    private readonly TimeProvider _time;
    private long _size;
    private long _current;

    public AuditFigures(TimeProvider time, AuditGate gate)
    {
        (_time, _current) = (time, time.GetTimestamp());
        _checkpoints = _meter.CreateCounter<long>(CheckpointsName, "{checkpoint}", "Checkpoints that were signed here.");
        _faults = _meter.CreateCounter<long>(FaultsName, "{round}", "Rounds of the sequencer that failed.");
        _faults.Add(0); // there from the start: what begins with its first fault cannot be seen to have grown
        _meter.CreateObservableGauge(SizeName, () => Interlocked.Read(ref _size), "{leaf}", "Leaves in the tree after the last round here.");
        _meter.CreateObservableGauge(LagName, LagSeconds, "s", "Since when leaves may wait for their place and for a signed checkpoint, as this replica knows; about a second while all is well.");
        _meter.CreateObservableGauge(ClosedName, () => gate.Refusal is null ? 0 : 1, "{gate}", "1 while the database contradicts what was signed, and nothing is taken in.");
    }

    /// <summary>A round has ended well.</summary>
    /// <param name="round">What it did.</param>
    /// <param name="isDrained">It left nothing for the next one.</param>
    public void Ran(SequencerRound round, bool isDrained)
    {
        Interlocked.Exchange(ref _size, round.Size);
        if (round.Published is not null) _checkpoints.Add(1);
        if (isDrained) Interlocked.Exchange(ref _current, _time.GetTimestamp());
    }

    public void Failed() => _faults.Add(1);

    public void Dispose() => _meter.Dispose();

    private double LagSeconds() => _time.GetElapsedTime(Interlocked.Read(ref _current)).TotalSeconds;
}
