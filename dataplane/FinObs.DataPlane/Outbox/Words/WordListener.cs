namespace FinObs.DataPlane.Outbox.Words;

/// <summary>Turns the words of other replicas into the signals of this one.</summary>
internal sealed class WordListener(IReplicaWords words, ChangeSignal changes, EventSignal events) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => words.ListenAsync(Heard, stoppingToken);

    private void Heard(ReplicaWord word)
    {
        Signal signal = word == ReplicaWord.EventsNumbered ? events : changes;
        signal.Raise();
    }
}
