using System.ComponentModel.DataAnnotations;

namespace FinObs.DataPlane.Ingestion;

/// <summary>Section <c>Ingestion</c>: the limits of a request.</summary>
internal sealed class IngestionOptions
{
    public const string Section = "Ingestion";

    /// <summary>A JSON body is held in memory as a whole before its first item is scored. 10,000 items of 3 KB fit.</summary>
    [Range(1024, 1_000_000_000)]
    public int MaxJsonBodyBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>Items of one JSON array.</summary>
    [Range(1, 100_000)]
    public int MaxItems { get; set; } = 10_000;

    /// <summary>One line of NDJSON.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxLineBytes { get; set; } = 64 * 1024;

    /// <summary>Lines that go to the pipeline together while a stream is read.</summary>
    [Range(1, 10_000)]
    public int NdjsonChunkItems { get; set; } = 2_000;

    /// <summary>A gzip body may grow by this factor (and 1 MB): ordinary transactions reach 30, a bomb 1,000.</summary>
    [Range(2, 1000)]
    public int MaxGzipRatio { get; set; } = 100;

    /// <summary>Answers that a sender does not read while it sends wait in a temporary file up to this size; then reading stops.</summary>
    [Range(0, long.MaxValue)]
    public long MaxSpoolBytes { get; set; } = 1024L * 1024 * 1024;
}
