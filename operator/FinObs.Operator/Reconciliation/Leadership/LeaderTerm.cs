namespace FinObs.Operator.Reconciliation.Leadership;

/// <summary>
/// The time during which this process may act. It ends <see cref="LeaderOptions.RenewDeadline"/> after the last renewal that
/// succeeded was <em>sent</em>; a rival can take the lease no earlier than <see cref="LeaderOptions.LeaseDuration"/> after it
/// saw that renewal, and it cannot see it before it was sent.
/// </summary>
internal sealed class LeaderTerm : IDisposable
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _length;
    private readonly CancellationTokenSource _lost;
    private long _renewed;

    public LeaderTerm(TimeProvider time, TimeSpan length, long sent)
    {
        (_time, _length, _renewed) = (time, length, sent);
        _lost = new CancellationTokenSource(Left(), time);
        Lost = _lost.Token;
    }

    /// <summary>Cancelled at the end.</summary>
    public CancellationToken Lost { get; }

    /// <summary>Also true where the timer behind <see cref="Lost"/> is late.</summary>
    public bool IsOver => Lost.IsCancellationRequested || _time.GetElapsedTime(Volatile.Read(ref _renewed)) >= _length;

    /// <summary>A renewal sent at that timestamp succeeded.</summary>
    public void Renewed(long sent)
    {
        if (IsOver) return;
        Volatile.Write(ref _renewed, sent);
        _lost.CancelAfter(Left());
    }

    /// <summary>Ends it now: somebody else holds the lease, or it is about to be given up.</summary>
    public void End() => _lost.Cancel();

    public void Dispose() => _lost.Dispose();

    private TimeSpan Left()
    {
        TimeSpan left = _length - _time.GetElapsedTime(Volatile.Read(ref _renewed));
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
