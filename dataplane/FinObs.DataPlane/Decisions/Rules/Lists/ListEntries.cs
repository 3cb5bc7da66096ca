using System.Collections.Frozen;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Resources;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Decisions.Rules.Lists;

/// <summary>The entries of the API as rules read them: in memory, read anew whenever somebody has changed one.</summary>
internal sealed class ListEntries(ListStore store)
{
    private static readonly FrozenDictionary<string, FrozenDictionary<string, ListedValue>> Nothing = FrozenDictionary<string, FrozenDictionary<string, ListedValue>>.Empty;

    private volatile FrozenDictionary<string, FrozenDictionary<string, FrozenDictionary<string, ListedValue>>> _byNamespace =
        FrozenDictionary<string, FrozenDictionary<string, FrozenDictionary<string, ListedValue>>>.Empty;

    /// <summary>The lists that a namespace's rules may read.</summary>
    public ListView View(string @namespace, RuleSet set) => new(set.ListEntries, _byNamespace.GetValueOrDefault(@namespace, Nothing));

    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        List<(ListEntryRow Row, string Value)> all = await store.AllAsync(cancellationToken);
        _byNamespace = all.GroupBy(entry => entry.Row.Namespace, StringComparer.Ordinal).ToFrozenDictionary(
            of => of.Key,
            of => of.GroupBy(entry => entry.Row.List, StringComparer.Ordinal).ToFrozenDictionary(
                list => list.Key,
                list => list.ToFrozenDictionary(entry => entry.Value, entry => new ListedValue(entry.Row.ExpiresAt ?? DateTimeOffset.MaxValue), StringComparer.Ordinal),
                StringComparer.Ordinal),
            StringComparer.Ordinal);
    }
}

/// <summary>Lists have changed: here, or in another replica.</summary>
internal sealed class ListSignal : Signal;

/// <summary>Follows the lists: at once when told, and now and then because a word may be lost.</summary>
internal sealed partial class ListFollower(ListEntries entries, ListSignal signal, IOptions<ChangeOptions> options, TimeProvider time, ILogger<ListFollower> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            Task woken = signal.Next;
            try
            {
                await entries.RefreshAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Failed(logger, exception);
            }

            await Signal.WaitAsync(woken, options.Value.PollPeriod, time, stoppingToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The lists could not be read; those in memory stay in force, and they are read again in a moment.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
