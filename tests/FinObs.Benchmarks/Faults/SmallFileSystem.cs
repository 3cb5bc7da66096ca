using FinObs.Testing;

namespace FinObs.Benchmarks.Faults;

/// <summary>A file system of its own in a file, mounted by a loop device: it can be filled without anybody else's disk being full. Linux, root.</summary>
internal sealed class SmallFileSystem : IAsyncDisposable
{
    // What the last blocks of a file system can still take; a ballast that leaves less would race with the writer.
    private const long Crumbs = 64 * 1024;

    private readonly TemporaryFolder _folder = new();

    private SmallFileSystem()
    {
    }

    public static string? WhyNot => !OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || !File.Exists("/dev/loop-control")
        ? "needs Linux, root and loop devices to mount a small file system"
        : null;

    public string MountPoint => _folder.Combine("mounted");

    private string Ballast => Path.Combine(MountPoint, "ballast");

    public static async Task<SmallFileSystem> MountAsync(long bytes)
    {
        SmallFileSystem made = new();
        string image = made._folder.Combine("image");
        Directory.CreateDirectory(made.MountPoint);

        // PostgreSQL runs as another user, who has to come through.
        await Run("chmod", "711", made._folder.FullPath);
        await using (FileStream file = File.Create(image))
        {
            file.SetLength(bytes);
        }

        await Run("mkfs.ext4", "-q", "-m", "0", image);
        await Run("mount", "-o", "loop", image, made.MountPoint);
        return made;
    }

    /// <summary>Takes all the room there is.</summary>
    public async Task FillAsync()
    {
        long free = new DriveInfo(MountPoint).AvailableFreeSpace - Crumbs;
        await Run("fallocate", "-l", $"{free}", Ballast);
    }

    public void Free() => File.Delete(Ballast);

    public async ValueTask DisposeAsync()
    {
        await Run("umount", MountPoint);
        _folder.Dispose();
    }

    private static Task<string> Run(params string[] command) => GuardedProcess.RunAsync(command, Path.GetTempPath(), CancellationToken.None);
}
