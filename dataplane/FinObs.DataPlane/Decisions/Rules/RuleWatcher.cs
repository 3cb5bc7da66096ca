using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Resources.Files;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Decisions.Rules;

/// <summary>Looks at the rules when the file system says that something has changed, and every few seconds: a mounted ConfigMap swaps a link, which not every file system tells.</summary>
internal sealed partial class RuleWatcher(RuleBook book, IOptions<RulesOptions> options, TimeProvider time, ILogger<RuleWatcher> logger) : BackgroundService
{
    private readonly RuleFilesSignal _changed = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (book.FullPath is not { } path)
        {
            await book.RecordNoneAsync(stoppingToken);
            return;
        }

        string folder = Directory.Exists(path) ? path : Path.GetDirectoryName(path)!;
        using FileSystemWatcher? watcher = FolderWatch.Start(folder, _changed.Raise, exception => Unwatched(logger, folder, options.Value.PollPeriod.TotalSeconds, exception));
        while (!stoppingToken.IsCancellationRequested)
        {
            Task woken = _changed.Next;
            try
            {
                await book.LookAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Failed(logger, exception);
            }

            await Signal.WaitAsync(woken, options.Value.PollPeriod, time, stoppingToken);
        }
    }

    private sealed class RuleFilesSignal : Signal;

    [LoggerMessage(Level = LogLevel.Error, Message = "The rules could not be put in force; they are tried again in a moment, and the last good ones decide until then.")]
    private static partial void Failed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Folder} cannot be watched; it is looked at every {Seconds} s.")]
    private static partial void Unwatched(ILogger logger, string folder, double seconds, Exception exception);
}
