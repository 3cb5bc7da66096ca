namespace FinObs.DataPlane.Drift;

/// <summary>How another slice asks for a candidate. Asking twice with one key is asking once.</summary>
internal interface IRetrainingTrigger
{
    /// <summary>Queues a run over the transactions received in [from, to).</summary>
    /// <returns>The run's id: the new one, or the one that the key has already.</returns>
    Task<Guid> RequestAsync(string @namespace, string model, string reason, DateTimeOffset from, DateTimeOffset to, string dedupeKey, CancellationToken cancellationToken);
}
