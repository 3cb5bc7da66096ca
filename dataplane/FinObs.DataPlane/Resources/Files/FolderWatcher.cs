using FinObs.DataPlane.Outbox;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Resources.Files;

/// <summary>Looks at the folder at start, when the file system says that something has changed, and every few seconds, because it does not always say.</summary>
internal sealed partial class FolderWatcher(ResourceFolder folder, IOptions<ResourceFolderOptions> options, TimeProvider time, ILogger<FolderWatcher> logger) : BackgroundService
{
    /// <summary>An editor writes a file in several steps; so does a checkout.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(150);

    private readonly FolderSignal _changed = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (folder.FullPath is not { } path)
        {
            return;
        }

        using FileSystemWatcher? watcher = FolderWatch.Start(
            path, _changed.Raise, exception => Unwatched(logger, path, options.Value.PollPeriod.TotalSeconds, exception));
        while (!stoppingToken.IsCancellationRequested)
        {
            Task woken = _changed.Next;
            try
            {
                await folder.LookAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Failed(logger, exception);
            }

            await Signal.WaitAsync(woken, options.Value.PollPeriod, time, stoppingToken);
            if (woken.IsCompleted)
            {
                await Task.Delay(Settling, time, stoppingToken);
            }
        }
    }

    private sealed class FolderSignal : Signal;

    [LoggerMessage(Level = LogLevel.Error, Message = "The folder's resources could not be applied; they are tried again in a moment.")]
    private static partial void Failed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Folder} cannot be watched; it is looked at every {Seconds} s.")]
    private static partial void Unwatched(ILogger logger, string folder, double seconds, Exception exception);
}
