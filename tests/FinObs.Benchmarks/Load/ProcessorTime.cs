using System.Diagnostics;
using FinObs.Testing;

namespace FinObs.Benchmarks.Load;

/// <summary>Processor time of the three parties that share the machine, in seconds; a difference of two is what was used between them.</summary>
/// <param name="At">When.</param>
/// <param name="Client">This process.</param>
/// <param name="DataPlane">The data plane.</param>
/// <param name="Database">PostgreSQL's processes, those that have ended too; 0 for SQLite, which is inside the data plane, and for a server that is not ours.</param>
internal readonly record struct ProcessorTime(TimeSpan At, double Client, double DataPlane, double Database)
{
    private const double TicksPerSecond = 100;

    public static ProcessorTime Now(int dataPlane, int postmaster)
    {
        using Process self = Process.GetCurrentProcess();
        return new ProcessorTime(
            Stopwatch.GetElapsedTime(0), self.TotalProcessorTime.TotalSeconds, (ProcessTree.Find(dataPlane)?.Ticks ?? 0) / TicksPerSecond, OfCluster(postmaster) / TicksPerSecond);
    }

    public static ProcessorTime operator -(ProcessorTime after, ProcessorTime before) => new(
        after.At - before.At, after.Client - before.Client, after.DataPlane - before.DataPlane, after.Database - before.Database);

    public static ProcessorTime operator +(ProcessorTime one, ProcessorTime other) => new(
        one.At + other.At, one.Client + other.Client, one.DataPlane + other.DataPlane, one.Database + other.Database);

    /// <summary>Shares of the time that all processors of the machine have.</summary>
    public string Shares
    {
        get
        {
            double all = At.TotalSeconds * Environment.ProcessorCount;
            string Percent(double seconds) => $"{100 * seconds / all:0} %";
            return $"client {Percent(Client)}, data plane {Percent(DataPlane)}" + (Database > 0 ? $", PostgreSQL {Percent(Database)}" : "");
        }
    }

    private static long OfCluster(int postmaster)
    {
        if (postmaster == 0 || ProcessTree.Find(postmaster) is not { } parent)
        {
            return 0;
        }

        return parent.Ticks + parent.TicksOfTheDead + ProcessTree.ChildrenOf(postmaster).Sum(child => child.Ticks);
    }
}
