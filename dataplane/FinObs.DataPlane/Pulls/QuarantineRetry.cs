using FinObs.DataPlane.Pulls.Store;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Pulls;

/// <summary>What came of taking a bad item in after all.</summary>
internal abstract record RetryOutcome
{
    internal sealed record Taken(string TransactionId, bool Duplicate, bool Flagged) : RetryOutcome;

    /// <summary>The source is not there, or not made so yet.</summary>
    internal sealed record NoSource : RetryOutcome;

    /// <summary>It is settled, or was never there.</summary>
    internal sealed record NoItem : RetryOutcome;

    internal sealed record NotWhole : RetryOutcome
    {
        public const string Why = "Only the beginning of the item is kept, or it cannot be opened: mend the source, so that it comes again, and discard this one.";
    }

    /// <param name="Why">The model that the source's spec names cannot score.</param>
    internal sealed record NoModel(string Why) : RetryOutcome;

    /// <param name="Code">A word of <see cref="ItemErrorCodes"/>.</param>
    /// <param name="Why">What is wrong; no value of the item.</param>
    internal sealed record StillBad(string Code, string Why) : RetryOutcome;
}

/// <summary>Takes a bad item in after all, by the mapping as it is now: the same way as everything that is fetched.</summary>
internal sealed class QuarantineRetry(PullActs acts, PreparedSources sources, Quarantine quarantine, PullModels models, ITransactionPipeline pipeline, TimeProvider time)
{
    public async Task<RetryOutcome> DoAsync(ResourceKey key, Guid id, string actor, CancellationToken cancellationToken)
    {
        if (sources[key] is not { } source)
        {
            return new RetryOutcome.NoSource();
        }

        if (await quarantine.FindAsync(key, id, cancellationToken) is not { State: QuarantineStates.Open } row)
        {
            return new RetryOutcome.NoItem();
        }

        if (row.Truncated || quarantine.Open(row) is not { } raw)
        {
            return new RetryOutcome.NotWhole();
        }

        if (await models.ProblemAsync(source.Resource, cancellationToken) is { } missing)
        {
            return new RetryOutcome.NoModel(missing);
        }

        TransactionItem item = source.Mapping.Read(raw, time.GetUtcNow());
        RunCounts counts = new();
        TransactionBatch batch = new(key.Namespace, source.Source, "pull", [item]) { Traffic = await models.TrafficAsync(source, cancellationToken) };
        ItemError? error = item is TransactionItem.Invalid invalid ? invalid.Error
            : PullChunk.ErrorOf((await pipeline.SubmitAsync(batch, cancellationToken))[0], counts);
        if (error is not null)
        {
            return new RetryOutcome.StillBad(error.Code, $"It is still no transaction: {error.Message}");
        }

        await acts.SettleAsync(key, id, QuarantineStates.Retried, actor, cancellationToken);
        return new RetryOutcome.Taken(((TransactionItem.Valid)item).Transaction.TransactionId, counts.Duplicates > 0, counts.Flagged > 0);
    }
}
