using System.ComponentModel.DataAnnotations;
using FinObs.Contracts.Resources.Schema;

namespace FinObs.Contracts.Resources.PullSources;

/// <summary>How an answer is read.</summary>
public sealed record PullResponse
{
    /// <summary>Where the items are.</summary>
    [StringLength(253), RegularExpression(Patterns.JsonPath)]
    public string ItemsPath { get; init; } = "$";

    /// <summary>How they are written.</summary>
    public PullFormat Format { get; init; } = PullFormat.Json;

    /// <summary>The largest answer.</summary>
    [StringLength(32), RegularExpression(Patterns.Quantity)]
    public string MaxBytes { get; init; } = "50Mi";

    /// <summary>The most items in a run.</summary>
    [Range(1, 1_000_000)]
    public int MaxItems { get; init; } = 10_000;
}

/// <summary>How items are written.</summary>
public enum PullFormat
{
    /// <summary>A JSON array.</summary>
    Json = 0,

    /// <summary>A JSON object a line.</summary>
    NdJson = 1,

    /// <summary>CSV with a header.</summary>
    Csv = 2,
}

/// <summary>How an item that was fetched before is known.</summary>
public sealed record PullDedupe
{
    /// <summary>The fields of the transaction that make it the same one.</summary>
    [MinLength(1), MaxLength(8), ListSet, ItemPattern("^[A-Za-z][A-Za-z0-9_.]*$", MaxLength = 63)]
    public IReadOnlyList<string> Keys { get; init; } = ["transactionId"];

    /// <summary>How long a key is remembered.</summary>
    public Duration Window { get; init; } = Duration.Hours(168);
}

/// <summary>What happens when a run fails.</summary>
public sealed record PullErrorPolicy
{
    /// <summary>Runs after failures are put off by no more than this.</summary>
    public Duration BackoffMax { get; init; } = Duration.Hours(1);

    /// <summary>After so many in a row it is suspended.</summary>
    [Range(1, 1000)]
    public int SuspendAfter { get; init; } = 20;

    /// <summary>What becomes of an item that is no transaction.</summary>
    public BadItemPolicy BadItem { get; init; } = BadItemPolicy.Quarantine;
}

/// <summary>What becomes of an item that is no transaction.</summary>
public enum BadItemPolicy
{
    /// <summary>It is kept aside, with the reason.</summary>
    Quarantine = 0,

    /// <summary>It is counted and left out.</summary>
    Skip = 1,

    /// <summary>The run fails.</summary>
    Fail = 2,
}

/// <summary>What happens when a run is due and the last is not over.</summary>
public enum PullConcurrency
{
    /// <summary>It waits.</summary>
    Forbid = 0,

    /// <summary>The last is ended.</summary>
    Replace = 1,
}

/// <summary>How what is fetched is scored.</summary>
public sealed record PullScoring
{
    /// <summary>By which model; none = the namespace's.</summary>
    public ModelRef? ModelRef { get; init; }

    /// <summary>What the transactions say they come from.</summary>
    [StringLength(63), RegularExpression(Patterns.DnsLabel)]
    public string? Source { get; init; }
}
