using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Resources.Notification;

/// <summary>Carries the word that something has changed from one replica to the others. Only the word: what has changed, each of them reads in the tables.</summary>
internal interface IChangeFeed
{
    /// <summary>Tells the others, as soon as the session commits and only if it does.</summary>
    Task AnnounceAsync(IWriteSession session, CancellationToken cancellationToken);

    /// <summary>Runs until cancelled and calls <paramref name="heard"/> for each word of others, and after each time that words may have been missed.</summary>
    Task ListenAsync(Action heard, CancellationToken cancellationToken);
}

/// <summary>For a database that only one process uses: there is nobody else to tell.</summary>
internal sealed class SingleProcessFeed : IChangeFeed
{
    public Task AnnounceAsync(IWriteSession session, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ListenAsync(Action heard, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Resources, or what follows from them, may have changed: here, or in another replica.</summary>
internal sealed class ChangeSignal : Signal;
