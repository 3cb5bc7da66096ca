using System.Diagnostics;
using System.Text;

namespace FinObs.Testing;

/// <summary>
/// A child process that cannot outlive the test: it runs under a small shell whose standard input is a pipe from us. When the pipe
/// closes, because we closed it or because this process died in whatever way, the shell kills the child and removes its folder.
/// (The kernel's parent-death signal will not do: it follows the thread that started the child, and pool threads come and go.)
/// </summary>
public sealed class GuardedProcess : IAsyncDisposable
{
    // $1 = signal on the end of the pipe, $2 = folder to remove afterwards or empty; the command follows. A line on the pipe is a signal to pass on.
    internal const string Guard = """
        trap '' INT
        signal=$1 folder=$2
        shift 2
        exec 3<&0
        "$@" 3<&- </dev/null &
        child=$!
        ( while read -r now <&3; do kill -s "$now" "$child"; done; kill -s "$signal" "$child" ) >/dev/null 2>&1 &
        watch=$!
        exec 3<&-
        wait "$child"
        code=$?
        kill "$watch" 2>/dev/null
        [ -z "$folder" ] || rm -rf "$folder"
        exit "$code"
        """;

    private readonly Process _shell;
    private readonly StringBuilder _output = new();

    private GuardedProcess(Process shell) => _shell = shell;

    public bool HasExited => _shell.HasExited;

    /// <summary>The child's exit code, 128 + n when signal n ended it.</summary>
    public int ExitCode => _shell.ExitCode;

    /// <summary>The child itself, not the shell that guards it; 0 when it is gone. Linux only.</summary>
    public int ChildId => _shell.HasExited ? 0 : ProcessTree.ChildrenOf(_shell.Id).Where(child => child.Name != "sh").Select(child => child.Id).FirstOrDefault();

    /// <summary>Standard output and error so far, in the order of arrival.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <param name="command">Program and arguments.</param>
    /// <param name="workingDirectory">Where the program starts.</param>
    /// <param name="environment">Variables on top of ours; null removes one.</param>
    /// <param name="signal">What ends the child when this process ends or disposes it.</param>
    /// <param name="folderToRemove">Deleted once the child is gone.</param>
    public static GuardedProcess Start(
        IReadOnlyList<string> command,
        string workingDirectory,
        IReadOnlyDictionary<string, string?>? environment = null,
        string signal = "KILL",
        string? folderToRemove = null)
    {
        ProcessStartInfo info = new("/bin/sh", ["-c", Guard, "guard", signal, folderToRemove ?? "", .. command])
        {
            WorkingDirectory = workingDirectory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
        {
            info.Environment[name] = value;
        }

        GuardedProcess process = new(new Process { StartInfo = info });
        process._shell.OutputDataReceived += process.Keep;
        process._shell.ErrorDataReceived += process.Keep;
        process._shell.Start();
        process._shell.BeginOutputReadLine();
        process._shell.BeginErrorReadLine();
        return process;
    }

    /// <summary>Runs a command to its end and gives its output.</summary>
    /// <exception cref="InvalidOperationException">It ended with another code than 0.</exception>
    public static async Task<string> RunAsync(IReadOnlyList<string> command, string workingDirectory, CancellationToken cancellationToken)
    {
        await using GuardedProcess process = Start(command, workingDirectory);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? process.Output
            : throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}:\n{process.Output}");
    }

    public Task WaitForExitAsync(CancellationToken cancellationToken) => _shell.WaitForExitAsync(cancellationToken);

    /// <summary>Passes a signal on, e.g. <c>TERM</c>, and does not wait for what the child makes of it.</summary>
    public async Task SendAsync(string signal)
    {
        await _shell.StandardInput.WriteAsync(signal + "\n");
        await _shell.StandardInput.FlushAsync();
    }

    /// <summary>Sends the signal given at the start and waits until the child is gone.</summary>
    public async Task EndAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _shell.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not null)
        {
            lock (_output)
            {
                _output.AppendLine(line.Data);
            }
        }
    }
}
