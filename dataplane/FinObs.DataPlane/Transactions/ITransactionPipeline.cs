using FinObs.DataPlane.Models;

namespace FinObs.DataPlane.Transactions;

/// <summary>The one way into the system. HTTP, files, the demo, later pulls and MCP: every door makes a batch and hands it over here.</summary>
internal interface ITransactionPipeline
{
    /// <summary>Scores, explains, decides and stores. An outcome comes back only once it is committed.</summary>
    /// <returns>One outcome per item, in order.</returns>
    /// <exception cref="PipelineOverloadedException">The bounded queue is full: nothing of this batch was taken.</exception>
    /// <exception cref="PipelineUnavailableException">The database is away: nothing of this batch may be assumed stored, re-sending it is safe.</exception>
    Task<IReadOnlyList<TransactionOutcome>> SubmitAsync(TransactionBatch batch, CancellationToken ct);
}

/// <summary>Items that arrived together.</summary>
/// <param name="Namespace">The tenant, DNS-1123; <c>default</c> on a laptop.</param>
/// <param name="Source">Who sent it (<c>webhook</c>, <c>monitor</c>, <c>import</c>, …); a part of the idempotency key.</param>
/// <param name="Channel">The door it came through (<c>http</c>, <c>ndjson</c>, <c>file</c>, <c>demo</c>), for traces and metrics.</param>
/// <param name="Items">At most a few thousand; the doors cut longer input into chunks.</param>
internal sealed record TransactionBatch(string Namespace, string Source, string? Channel, IReadOnlyList<TransactionItem> Items)
{
    /// <summary>Who decides them, where their source names a model; null = whoever decides for the namespace then.</summary>
    public RoutedTraffic? Traffic { get; init; }
}

/// <summary>The bounded queue is full.</summary>
internal sealed class PipelineOverloadedException(TimeSpan retryAfter)
    : Exception("The queue of transactions waiting to be scored is full.")
{
    /// <summary>When there should be room again.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}

/// <summary>The database cannot be reached, or refuses to write.</summary>
internal class PipelineUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The audit log is closed: the database contradicts what was published.</summary>
internal sealed class PipelineClosedException(string why) : PipelineUnavailableException(why);
