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

        using FileSystemWatcher? watcher = Watch(path);
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

    /// <summary>Null where the file system does not tell, or has no watches left: then the polling finds it.</summary>
    private FileSystemWatcher? Watch(string path)
    {
        try
        {
            FileSystemWatcher watcher = new(path) { IncludeSubdirectories = true };
            watcher.Changed += (_, _) => _changed.Raise();
            watcher.Created += (_, _) => _changed.Raise();
            watcher.Deleted += (_, _) => _changed.Raise();
            watcher.Renamed += (_, _) => _changed.Raise();
            watcher.Error += (_, _) => _changed.Raise();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or PlatformNotSupportedException)
        {
            Unwatched(logger, path, options.Value.PollPeriod.TotalSeconds, exception);
            return null;
        }
    }

    private sealed class FolderSignal : Signal;

    [LoggerMessage(Level = LogLevel.Error, Message = "The folder's resources could not be applied; they are tried again in a moment.")]
    private static partial void Failed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Folder} cannot be watched; it is looked at every {Seconds} s.")]
    private static partial void Unwatched(ILogger logger, string folder, double seconds, Exception exception);
}
