using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using FinObs.Contracts.Resources.PullSources;
using FinObs.DataPlane.Ingestion;
using FinObs.DataPlane.Pulls.Fetching;
using FinObs.DataPlane.Pulls.Schedule;
using FinObs.DataPlane.Pulls.Store;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Pulls;

/// <summary>
/// Goes through the pages of a source. A page's cursor is written after its transactions are committed: whatever breaks off in between is asked for again, and what is stored already is a duplicate.
/// The watermark moves only when all pages were seen, since nobody says in which order they come.
/// </summary>
internal sealed class PullSweep(
    PreparedSource source, PullLease lease, PullSourceRow seen, PullStore store, Quarantine quarantine, ITransactionPipeline pipeline, PullModels models, PullOptions options, Func<bool> isToStop, TimeProvider time)
{
    private readonly PullSourceSpec _spec = source.Spec;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly PullChunk _chunk = new();
    private string? _pagePending = seen.Pending;
    private ulong _lastPage;

    public RunCounts Counts { get; } = new();

    /// <summary>The page to go on with.</summary>
    public string? Cursor { get; private set; } = seen.Cursor;

    /// <summary>The newest of the pages that are done.</summary>
    public string? Pending { get; private set; } = seen.Pending;

    public string? Watermark { get; private set; } = seen.Watermark;

    public string? ETag { get; private set; } = seen.ETag;

    /// <summary>Until all pages are done, a run has had its share, or it is to stop; one of <see cref="RunOutcomes"/>.</summary>
    /// <exception cref="PullFailedException">It cannot go on.</exception>
    /// <exception cref="LeaseLostException">Another run has the source.</exception>
    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        string? since = _spec.Incremental is { } incremental && Watermark is { } mark ? Watermarks.Before(mark, incremental.Overlap.Value) : null;
        bool isFromStart = Cursor is null;
        while (true)
        {
            bool isFirst = Counts.Pages == 0;
            string? asked = Cursor;
            (bool isModified, string? next, string? etag) = await PageAsync(since, isFirst && isFromStart, cancellationToken);
            if (!isModified)
            {
                return RunOutcomes.NotModified;
            }

            if (next is null)
            {
                (Watermark, Cursor, Pending) = (Watermarks.Newer(Watermark, _pagePending), null, null);
                ETag = isFirst && isFromStart && asked is null ? etag : null;
                return RunOutcomes.Completed;
            }

            (Cursor, Pending) = (next, _pagePending);
            if (!await store.SaveAsync(lease, Cursor, Pending, time.GetUtcNow() + options.LeaseLength, cancellationToken))
            {
                throw new LeaseLostException();
            }

            if (isToStop())
            {
                return RunOutcomes.Stopped;
            }

            if (Counts.Pages >= _spec.Pagination.MaxPages || Counts.Fetched >= _spec.Response.MaxItems)
            {
                return RunOutcomes.More;
            }
        }
    }

    private async Task<(bool IsModified, string? Next, string? ETag)> PageAsync(string? since, bool mayBeUnchanged, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = PullRequests.Of(_spec, Cursor, since);
        string tagged = TagOf(request);
        if (mayBeUnchanged && ETag is { } known && known.StartsWith(tagged, StringComparison.Ordinal))
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", known[tagged.Length..]);
        }

        string host = request.RequestUri!.Host;
        using PullAnswer answer = await AskAsync(request, cancellationToken);
        Counts.HttpStatus = (int)answer.Response.StatusCode;
        if (answer.Body is null)
        {
            return (false, null, null);
        }

        Counts.Pages++;
        string? next;
        try
        {
            next = await ReadAsync(answer, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && answer.Budget.IsSpent)
        {
            throw answer.Budget.Exceeded(host);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidDataException)
        {
            throw PullFetcher.Of(exception, host, isReading: true);
        }

        string? etag = answer.Response.Headers.ETag?.ToString();
        return (true, next, etag is null ? null : tagged + etag);
    }

    private async Task<PullAnswer> AskAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await PullFetcher.AskAsync(source.Http!, request, _spec, source.MaxBytes, time, cancellationToken);
        }
        catch (PullFailedException refusal)
        {
            Counts.HttpStatus = refusal.HttpStatus ?? 0;
            if (refusal.CursorRefused && Cursor is not null)
            {
                Restart();
            }

            throw;
        }
    }

    /// <summary>Takes the page's items in, and gives the cursor of the next page.</summary>
    private async Task<string?> ReadAsync(PullAnswer answer, CancellationToken cancellationToken)
    {
        JsonItems? json = _spec.Response.Format == PullFormat.Json ? new JsonItems(answer.Body!, source.ItemsPath, source.CursorPath) : null;
        IAsyncEnumerable<ReadOnlyMemory<byte>> items = json?.ReadAsync(cancellationToken)
            ?? (_spec.Response.Format == PullFormat.NdJson ? LineItems.OfNdJsonAsync(answer.Body!, cancellationToken) : LineItems.OfCsvAsync(answer.Body!, cancellationToken));
        XxHash64 page = new();
        long count = 0;
        _chunk.Clear();
        try
        {
            await foreach (ReadOnlyMemory<byte> item in items)
            {
                if (++count > _spec.Response.MaxItems)
                {
                    throw PullFailedException.Unreadable($"A page has more than response.maxItems ({_spec.Response.MaxItems:N0}) items: raise it, or ask for smaller pages.");
                }

                page.Append(item.Span);
                _chunk.Add(source.Mapping.Read(item, time.GetUtcNow(), source.WatermarkPath, out string? mark), item);
                _pagePending = Watermarks.Newer(_pagePending, mark);
                if (_chunk.Count >= options.ChunkItems)
                {
                    await FlushAsync(cancellationToken);
                }
            }
        }
        catch (PullFailedException)
        {
            // Every item that was read whole is as good as one of a whole page.
            await FlushAsync(cancellationToken);
            throw;
        }

        await FlushAsync(cancellationToken);
        return Checked(Next(answer, json, count), count, page.GetCurrentHashAsUInt64());
    }

    private string? Next(PullAnswer answer, JsonItems? json, long count) => _spec.Pagination.Type switch
    {
        PaginationType.Cursor => json?.Cursor,
        PaginationType.Page => count > 0 ? ((Cursor is null ? 1 : int.Parse(Cursor, System.Globalization.CultureInfo.InvariantCulture)) + 1).ToString(System.Globalization.CultureInfo.InvariantCulture) : null,
        PaginationType.LinkHeader => PullRequests.NextLink(answer.Response, new Uri(_spec.Url)),
        _ => null,
    };

    /// <summary>Pages that lead back to where one was, or that are all the same, would never end.</summary>
    private string? Checked(string? next, long count, ulong page)
    {
        bool isSame = count > 0 && page == _lastPage;
        _lastPage = page;
        if (next is null || (!isSame && next != Cursor && _asked.Add(next)))
        {
            return next;
        }

        Restart();
        throw PullFailedException.Unreadable(isSame
            ? "Two pages in a row are the same: the source does not follow pagination.param. It is asked from the first page again."
            : "The pages lead back to one that was read already, and would never end. It is asked from the first page again.");
    }

    private void Restart() => (Cursor, Pending) = (null, null);

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_chunk.Count == 0)
        {
            return;
        }

        BadItemPolicy policy = _spec.OnError.BadItem;
        if (policy == BadItemPolicy.Fail && _chunk.FirstError is { } error)
        {
            throw Refused(error);
        }

        List<TransactionItem> valid = _chunk.Valid;
        IReadOnlyList<TransactionOutcome> outcomes = valid.Count == 0
            ? []
            : await pipeline.SubmitPatientlyAsync(new TransactionBatch(lease.Namespace, source.Source, "pull", valid) { Traffic = await models.TrafficAsync(source, cancellationToken) }, time, cancellationToken);
        (long fetched, long ingested, long rejected) = (Counts.Fetched, Counts.Ingested, Counts.Rejected);
        List<BadItem> bad = _chunk.Settle(outcomes, Counts);
        _chunk.Clear();
        PullMetrics.Took(Counts.Fetched - fetched, Counts.Ingested - ingested, Counts.Rejected - rejected);
        if (policy == BadItemPolicy.Fail && bad.Count > 0)
        {
            throw Refused(bad[0].Error);
        }

        if (policy == BadItemPolicy.Quarantine && !await quarantine.AddAsync(source.Key, bad, options.MaxQuarantined, cancellationToken))
        {
            throw PullFailedException.Unreadable($"More than {options.MaxQuarantined:N0} items are in quarantine: look at them, mend mapping, and retry or discard them.");
        }
    }

    private static PullFailedException Refused(ItemError error) => PullFailedException.Unreadable($"An item is no transaction, and onError.badItem is Fail: {error.Message}");

    /// <summary>An answer is unchanged only for the same request of the same revision.</summary>
    private string TagOf(HttpRequestMessage request) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{source.Resource.Row.LeafId} {request.RequestUri}")))[..16] + " ";
}

/// <summary>Another run has the source: this one writes nothing more.</summary>
internal sealed class LeaseLostException() : Exception("Another run has the source.");
