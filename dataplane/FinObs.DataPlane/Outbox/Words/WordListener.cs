namespace FinObs.DataPlane.Outbox.Words;

/// <summary>Turns the words of other replicas into the signals of this one.</summary>
internal sealed class WordListener(IReplicaWords words, IEnumerable<HeardSignal> signals) : BackgroundService
{
    private readonly ILookup<ReplicaWord, Signal> _signals = signals.ToLookup(one => one.Word, one => one.Signal);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => words.ListenAsync(Heard, stoppingToken);

    private void Heard(ReplicaWord word)
    {
        foreach (Signal signal in _signals[word])
        {
            signal.Raise();
        }
    }
}
