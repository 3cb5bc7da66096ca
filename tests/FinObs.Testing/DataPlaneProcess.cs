using System.Net;

namespace FinObs.Testing;

/// <summary>
/// The real data plane, as built, in a process of its own on a free loopback port. It dies with the test, and by <see cref="KillAsync"/>
/// as a power cut would end it (SIGKILL: no handler runs, nothing is flushed).
/// </summary>
public sealed class DataPlaneProcess : IAsyncDisposable
{
    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly GuardedProcess _process;

    private DataPlaneProcess(GuardedProcess process, Uri address)
    {
        _process = process;
        Client = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(2) };
    }

    /// <summary>Speaks to this process, and is disposed with it.</summary>
    public HttpClient Client { get; }

    /// <summary>Where it listens.</summary>
    public Uri Address => Client.BaseAddress!;

    /// <summary>For its figures in <c>/proc</c> (Linux); 0 when it is gone.</summary>
    public int ProcessId => _process.ChildId;

    public string Output => _process.Output;

    public bool HasExited => _process.HasExited;

    /// <summary>Once it has exited.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>The built assembly, of the configuration that the tests themselves were built in.</summary>
    public static string Assembly
    {
        get
        {
            string target = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
            string configuration = Path.GetFileName(Path.GetDirectoryName(target)!);
            return RepositoryRoot.Combine($"dataplane/FinObs.DataPlane/bin/{configuration}/{Path.GetFileName(target)}/FinObs.DataPlane.dll");
        }
    }

    /// <summary>Starts it and waits until <c>/health/ready</c> answers 200.</summary>
    /// <param name="workingDirectory">Where <c>./data</c> comes to lie: keep it over restarts.</param>
    /// <param name="arguments">Configuration, e.g. <c>--ConnectionStrings:FinObs=…</c>; <c>--urls</c> is added.</param>
    /// <param name="environment">Variables on top of ours; null removes one.</param>
    /// <param name="deadline">How long to wait for ready; 3 minutes when not given.</param>
    /// <param name="port">Where to listen: for one who is to be found at the same place again; a free one when not given.</param>
    /// <exception cref="InvalidOperationException">It ended, or was not ready in time; the message holds its output.</exception>
    public static async Task<DataPlaneProcess> StartAsync(
        string workingDirectory,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null,
        TimeSpan? deadline = null,
        int? port = null)
    {
        Uri address = new($"http://127.0.0.1:{port ?? FreePort.Next()}");
        GuardedProcess process = GuardedProcess.Start(
            ["dotnet", Assembly, "--urls", address.ToString(), .. arguments], workingDirectory, environment);
        DataPlaneProcess host = new(process, address);
        try
        {
            await host.WaitUntilReadyAsync(deadline ?? DefaultDeadline);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs one command of it to the end, e.g. <c>verify</c>, and gives what it printed.</summary>
    /// <exception cref="InvalidOperationException">It ended with another code than 0.</exception>
    public static Task<string> RunAsync(string workingDirectory, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        GuardedProcess.RunAsync(["dotnet", Assembly, .. arguments], workingDirectory, cancellationToken);

    /// <summary>Asks it to stop (SIGTERM), as an orchestrator does; <see cref="WaitForExitAsync"/> waits until it has.</summary>
    public Task TerminateAsync() => _process.SendAsync("TERM");

    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    /// <summary>SIGKILL, at once.</summary>
    public Task KillAsync() => _process.EndAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _process.DisposeAsync();
    }

    private async Task WaitUntilReadyAsync(TimeSpan deadline)
    {
        using CancellationTokenSource timeout = new(deadline);
        while (!_process.HasExited && !timeout.IsCancellationRequested)
        {
            try
            {
                using HttpResponseMessage answer = await Client.GetAsync(new Uri("/health/ready", UriKind.Relative), timeout.Token);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                // Not listening yet, or out of time: the loop's condition tells which.
            }

            await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
        }

        string what = _process.HasExited ? $"ended with {_process.ExitCode}" : $"was not ready within {deadline.TotalSeconds} s";
        throw new InvalidOperationException($"The data plane {what}:\n{Output}");
    }
}
