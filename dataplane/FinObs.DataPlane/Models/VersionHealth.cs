namespace FinObs.DataPlane.Models;

/// <summary>How a version does in this process since its start: how long scoring took, and how often it failed.</summary>
internal sealed class VersionHealth
{
    private const int Kept = 2048;

    private readonly Lock _gate = new();
    private readonly double[] _milliseconds = new double[Kept];
    private int _next;
    private int _count;
    private long _scored;
    private long _failed;

    public long Scored => Interlocked.Read(ref _scored);

    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Rows that were scored together, and how long each took of it.</summary>
    public void Add(int rows, TimeSpan elapsed)
    {
        if (rows == 0)
        {
            return;
        }

        lock (_gate)
        {
            _milliseconds[_next] = elapsed.TotalMilliseconds / rows;
            _next = (_next + 1) % Kept;
            _count = Math.Min(_count + 1, Kept);
        }

        Interlocked.Add(ref _scored, rows);
    }

    public void Fail(int rows) => Interlocked.Add(ref _failed, rows);

    /// <summary>The 99th percentile of the time to score a row, in milliseconds, of the last 2,048 calls; null where there was none.</summary>
    public double? P99()
    {
        double[] times;
        lock (_gate)
        {
            if (_count == 0)
            {
                return null;
            }

            times = _milliseconds[.._count];
        }

        Array.Sort(times);
        return times[(int)Math.Ceiling(0.99 * times.Length) - 1];
    }
}
