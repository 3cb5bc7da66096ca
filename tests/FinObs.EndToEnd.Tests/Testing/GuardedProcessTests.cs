using System.Diagnostics;
using FinObs.Testing;

namespace FinObs.EndToEnd.Tests.Testing;

public sealed class GuardedProcessTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_command_gives_its_output()
    {
        using TemporaryFolder folder = new();
        Assert.Equal("one\ntwo\n", await GuardedProcess.RunAsync(["printf", "one\\ntwo\\n"], folder.FullPath, Cancel));
    }

    [Fact]
    public async Task A_failing_command_says_why()
    {
        using TemporaryFolder folder = new();
        InvalidOperationException e = await Assert.ThrowsAsync<InvalidOperationException>(
            () => GuardedProcess.RunAsync(["sh", "-c", "echo no such thing >&2; exit 3"], folder.FullPath, Cancel));
        Assert.Contains("ended with 3", e.Message);
        Assert.Contains("no such thing", e.Message);
    }

    [Fact]
    public async Task Its_end_is_the_signal_asked_for()
    {
        using TemporaryFolder folder = new();
        GuardedProcess process = GuardedProcess.Start(["sleep", "600"], folder.FullPath);
        await process.EndAsync();
        Assert.Equal(128 + 9, process.ExitCode);
        await process.DisposeAsync();
    }

    [Fact]
    public async Task Its_child_is_the_program_and_not_the_shell_around_it()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("Reads /proc.");
        }

        using TemporaryFolder folder = new();
        await using GuardedProcess process = GuardedProcess.Start(["sleep", "600"], folder.FullPath);
        await EventuallyAsync(() => process.ChildId != 0);
        Assert.Equal("sleep", ProcessTree.Find(process.ChildId)?.Name);

        int child = process.ChildId;
        await process.EndAsync();
        Assert.Equal(0, process.ChildId);
        Assert.Null(ProcessTree.Find(child));
    }

    /// <summary>A shell stands in for a test process that crashes: it holds the other end of the guard's input and is killed.</summary>
    [Fact]
    public async Task The_child_and_its_folder_go_when_the_parent_is_killed()
    {
        const string Parent = """
            mkfifo pipe
            sh -c "$1" guard KILL "$PWD/removed" sh -c 'echo $$ >pid.new; mv pid.new pid; exec sleep 600' <pipe &
            exec sleep 600 >pipe
            """;
        using TemporaryFolder folder = new();
        string removed = Directory.CreateDirectory(folder.Combine("removed")).FullName;
        await using GuardedProcess parent = GuardedProcess.Start(["sh", "-c", Parent, "parent", GuardedProcess.Guard], folder.FullPath);
        await EventuallyAsync(() => File.Exists(folder.Combine("pid")));
        int child = int.Parse(await File.ReadAllTextAsync(folder.Combine("pid"), Cancel));
        Assert.True(IsRunning(child));

        await parent.EndAsync();
        await EventuallyAsync(() => !IsRunning(child) && !Directory.Exists(removed));
    }

    private static bool IsRunning(int pid)
    {
        try
        {
            using Process process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, deadline.Token);
        }
    }
}
