using System.Diagnostics;

namespace FinObs.Benchmarks.Core;

/// <summary>Times one action: warm-up until tiered compilation has settled, then batches of equal size. For tables; BenchmarkDotNet is for detail.</summary>
internal static class Stopwatches
{
    private const int Samples = 15;

    /// <summary>Long enough that the clock's own cost and one interruption by the scheduler do not show.</summary>
    private static readonly TimeSpan Sample = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(600);

    /// <summary>Milliseconds a call, ordered from fastest to slowest.</summary>
    /// <param name="action">What is timed.</param>
    /// <param name="perCall">How many things one call does; times are given for one of them.</param>
    public static double[] Milliseconds(Action action, int perCall = 1)
    {
        var clock = Stopwatch.StartNew();
        int calls = 0;
        while (clock.Elapsed < WarmUp || calls < 3)
        {
            action();
            calls++;
        }

        int batch = Math.Max(1, (int)(calls * (Sample / clock.Elapsed)));
        var times = new double[Samples];
        for (int i = 0; i < times.Length; i++)
        {
            long from = Stopwatch.GetTimestamp();
            for (int call = 0; call < batch; call++)
            {
                action();
            }

            times[i] = Stopwatch.GetElapsedTime(from).TotalMilliseconds / batch / perCall;
        }

        Array.Sort(times);
        return times;
    }
}
