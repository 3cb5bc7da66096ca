using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Outbox.Words;

/// <summary>What one replica tells the others. Only the word: what has changed, each of them reads in the tables.</summary>
internal enum ReplicaWord
{
    /// <summary>Resources, or what follows from them.</summary>
    ResourcesChanged = 0,

    /// <summary>There are new events in the log.</summary>
    EventsNumbered = 1,

    /// <summary>There are new deliveries to targets, one of which another replica may serve.</summary>
    DeliveriesWaiting = 2,

    /// <summary>Lists that rules read.</summary>
    RulesChanged = 3,
}

/// <summary>What is raised here when a word is heard; registered by the slice that waits.</summary>
internal sealed record HeardSignal(ReplicaWord Word, Signal Signal);

/// <summary>Carries words from one replica to the others. A word may be lost: whoever waits for one also looks now and then.</summary>
internal interface IReplicaWords
{
    /// <summary>Tells the others, as soon as the session commits and only if it does.</summary>
    Task AnnounceAsync(IWriteSession session, ReplicaWord word, CancellationToken cancellationToken);

    /// <summary>Runs until cancelled and calls <paramref name="heard"/> for each word, and for all of them after each time that words may have been missed.</summary>
    Task ListenAsync(Action<ReplicaWord> heard, CancellationToken cancellationToken);
}

/// <summary>For a database that only one process uses: there is nobody else to tell.</summary>
internal sealed class SingleProcess : IReplicaWords
{
    public Task AnnounceAsync(IWriteSession session, ReplicaWord word, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ListenAsync(Action<ReplicaWord> heard, CancellationToken cancellationToken) => Task.CompletedTask;
}
