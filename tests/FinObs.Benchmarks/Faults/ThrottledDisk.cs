namespace FinObs.Benchmarks.Faults;

/// <summary>The kernel's own brake: a control group whose processes may write to a disk only so often a second. Linux with cgroup v1's blkio or v2's io, root.</summary>
internal sealed class ThrottledDisk : IDisposable
{
    private const string First = "/sys/fs/cgroup/blkio";
    private const string Second = "/sys/fs/cgroup";
    private const string Name = "finobs-slow-disk";

    private readonly string _group;

    /// <param name="writesPerSecond">On the disk of the temporary folder.</param>
    public ThrottledDisk(int writesPerSecond)
    {
        _group = Directory.CreateDirectory(Path.Combine(Directory.Exists(First) ? First : Second, Name)).FullName;
        Limit(writesPerSecond);
    }

    public static string? WhyNot => !OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || Device is null || !(Directory.Exists(First) || HasIo)
        ? "needs Linux, root and a control group for block devices"
        : null;

    private static bool HasIo => File.Exists(Path.Combine(Second, "cgroup.subtree_control")) &&
        File.ReadAllText(Path.Combine(Second, "cgroup.subtree_control")).Split(' ', '\n').Contains("io");

    /// <summary>Major and minor number of the disk under the temporary folder, from the mount that is nearest above it.</summary>
    private static string? Device => File.ReadLines("/proc/self/mountinfo")
        .Select(line => line.Split(' '))
        .Where(fields => Path.GetTempPath().StartsWith(fields[4], StringComparison.Ordinal) && !fields[2].StartsWith("0:", StringComparison.Ordinal))
        .OrderByDescending(fields => fields[4].Length)
        .Select(fields => fields[2])
        .FirstOrDefault();

    public void Add(int process) => File.WriteAllText(Path.Combine(_group, "cgroup.procs"), $"{process}");

    public void Dispose()
    {
        // First the limit: what already waits in the group would go on at its pace.
        Limit(null);
        foreach (string process in File.ReadAllLines(Path.Combine(_group, "cgroup.procs")))
        {
            File.WriteAllText(Path.Combine(_group, "..", "cgroup.procs"), process);
        }

        Directory.Delete(_group);
    }

    private void Limit(int? writesPerSecond)
    {
        (string file, string limit) = Directory.Exists(First)
            ? ("blkio.throttle.write_iops_device", $"{Device} {writesPerSecond ?? 0}")
            : ("io.max", $"{Device} wiops={writesPerSecond?.ToString() ?? "max"}");
        File.WriteAllText(Path.Combine(_group, file), limit);
    }
}
