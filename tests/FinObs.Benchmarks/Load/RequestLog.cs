namespace FinObs.Benchmarks.Load;

/// <summary>What became of each numbered request of one source: the client's half of "nothing lost, nothing doubled".</summary>
internal sealed class RequestLog(int capacity)
{
    private readonly byte[] _states = new byte[capacity];

    private enum State : byte
    {
        Unsent,
        Sent,
        Acknowledged,
        Rejected,
    }

    public int Capacity => capacity;

    /// <summary>Numbers given out, from 0.</summary>
    public int Used { get; private set; }

    public int Acknowledged { get; private set; }

    public int Begin()
    {
        _states[Used] = (byte)State.Sent;
        return Used++;
    }

    public void Acknowledge(int number)
    {
        if (_states[number] != (byte)State.Acknowledged)
        {
            _states[number] = (byte)State.Acknowledged;
            Acknowledged++;
        }
    }

    /// <summary>Answered with a status that says it will never be stored.</summary>
    public void Reject(int number) => _states[number] = (byte)State.Rejected;

    public bool IsAcknowledged(long number) => number < Used && _states[number] == (byte)State.Acknowledged;

    /// <summary>Was sent: it may be stored although nobody said so, because its answer was lost on the way.</summary>
    public bool WasSent(long number) => number < Used && _states[number] is (byte)State.Sent or (byte)State.Acknowledged;
}
