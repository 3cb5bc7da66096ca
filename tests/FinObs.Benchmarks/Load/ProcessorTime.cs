using System.Diagnostics;
using FinObs.Testing;

namespace FinObs.Benchmarks.Load;

/// <summary>Processor time of the three parties that share the machine, in seconds; a difference of two is what was used between them.</summary>
/// <param name="At">When.</param>
/// <param name="Client">This process.</param>
/// <param name="DataPlane">The data plane.</param>
/// <param name="Database">PostgreSQL's processes, those that have ended too; 0 for SQLite, which is inside the data plane, and for a server that is not ours.</param>
/// <param name="Everybody">The whole machine: what none of the three has used was somebody else's, and a figure beside much of it is no figure.</param>
internal readonly record struct ProcessorTime(TimeSpan At, double Client, double DataPlane, double Database, double Everybody)
{
    private const double TicksPerSecond = 100;

    public static ProcessorTime Now(int dataPlane, int postmaster)
    {
        using Process self = Process.GetCurrentProcess();
        return new ProcessorTime(
            Stopwatch.GetElapsedTime(0), self.TotalProcessorTime.TotalSeconds, (ProcessTree.Find(dataPlane)?.Ticks ?? 0) / TicksPerSecond, OfCluster(postmaster) / TicksPerSecond,
            OfMachine() / TicksPerSecond);
    }

    public static ProcessorTime operator -(ProcessorTime after, ProcessorTime before) => new(
        after.At - before.At, after.Client - before.Client, after.DataPlane - before.DataPlane, after.Database - before.Database,
        after.Everybody - before.Everybody);

    public static ProcessorTime operator +(ProcessorTime one, ProcessorTime other) => new(
        one.At + other.At, one.Client + other.Client, one.DataPlane + other.DataPlane, one.Database + other.Database,
        one.Everybody + other.Everybody);

    /// <summary>Shares of the time that all processors of the machine have.</summary>
    public string Shares
    {
        get
        {
            double all = At.TotalSeconds * Environment.ProcessorCount;
            string Percent(double seconds) => $"{100 * seconds / all:0} %";
            return $"client {Percent(Client)}, data plane {Percent(DataPlane)}" + (Database > 0 ? $", PostgreSQL {Percent(Database)}" : "") +
                $", others {Percent(Math.Max(0, Everybody - Client - DataPlane - Database))}";
        }
    }

    /// <summary>proc(5), /proc/stat: <c>cpu user nice system idle iowait irq softirq steal …</c>; all but idle and iowait is work. A virtual machine's stolen time is somebody else's too.</summary>
    private static long OfMachine() => File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9]
        .Select(long.Parse).Where((_, field) => field is not (3 or 4)).Sum();

    private static long OfCluster(int postmaster)
    {
        if (postmaster == 0 || ProcessTree.Find(postmaster) is not { } parent)
        {
            return 0;
        }

        return parent.Ticks + parent.TicksOfTheDead + ProcessTree.ChildrenOf(postmaster).Sum(child => child.Ticks);
    }
}
