using System.Diagnostics;
using FinObs.DataPlane.Models;

namespace FinObs.DataPlane.Transactions;

/// <summary>Items of one namespace that are scored and committed together; they may come from many requests.</summary>
internal sealed record TransactionChunk(string Namespace, IReadOnlyList<ChunkItem> Items, IReadOnlyList<ActivityContext> Requests)
{
    /// <summary>See <see cref="TransactionBatch.Traffic"/>.</summary>
    public RoutedTraffic? Traffic { get; init; }
}

/// <summary>One item, its source, and the W3C trace id of the request (32 hex digits).</summary>
internal sealed record ChunkItem(TransactionItem Item, string Source, string TraceId);
