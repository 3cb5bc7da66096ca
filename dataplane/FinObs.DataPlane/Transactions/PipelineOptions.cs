using System.ComponentModel.DataAnnotations;

namespace FinObs.DataPlane.Transactions;

/// <summary>Section <c>Pipeline</c>: the bounds of the hot path.</summary>
internal sealed class PipelineOptions
{
    public const string Section = "Pipeline";

    /// <summary>Items scored and committed together at most. Larger batches take several commits.</summary>
    [Range(1, 20_000)]
    public int ChunkItems { get; set; } = 2_500;

    /// <summary>Items that may wait to be scored; beyond it the answer is 429 with Retry-After.</summary>
    [Range(1, 10_000_000)]
    public int QueuedItems { get; set; } = 100_000;

    /// <summary>How often a chunk is repeated when another replica changed the same accounts or took the same ids.</summary>
    [Range(0, 100)]
    public int ConflictRetries { get; set; } = 8;
}
