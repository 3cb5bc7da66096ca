namespace FinObs.DataPlane.Outbox;

/// <summary>Somebody who must not miss an event: registered by the slice that reads the log with a cursor of its own. Events that it has not read are kept.</summary>
internal interface IEventReader
{
    /// <summary>The last event of the namespace that it has read; null where it reads none of them.</summary>
    Task<long?> LastReadAsync(string @namespace, CancellationToken cancellationToken);
}
