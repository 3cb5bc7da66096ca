namespace FinObs.Contracts.Resources.PullSources;

/// <summary>How pulling goes.</summary>
public sealed record PullSourceStatus : ResourceStatus
{
    /// <summary>Cursor of the page to be asked for next.</summary>
    public string? Cursor { get; init; }

    /// <summary>The newest seen so far.</summary>
    public string? Watermark { get; init; }

    /// <summary>How far that is behind.</summary>
    public Duration? Lag { get; init; }

    /// <summary>The last run.</summary>
    public PullRun? LastRun { get; init; }

    /// <summary>When the next one is due.</summary>
    public DateTimeOffset? NextRun { get; init; }

    /// <summary>Failed runs in a row.</summary>
    public int? ConsecutiveFailures { get; init; }

    /// <summary>Items kept aside.</summary>
    public long? Quarantined { get; init; }
}

/// <summary>One run.</summary>
public sealed record PullRun
{
    /// <summary>When it began.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How long it took.</summary>
    public Duration? Duration { get; init; }

    /// <summary>The last HTTP status.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>Items fetched.</summary>
    public long Fetched { get; init; }

    /// <summary>Items taken in.</summary>
    public long Ingested { get; init; }

    /// <summary>Items that were there already.</summary>
    public long Duplicates { get; init; }

    /// <summary>Items that are no transactions.</summary>
    public long Rejected { get; init; }

    /// <summary>Transactions reviewed or blocked.</summary>
    public long Flagged { get; init; }

    /// <summary>Its trace.</summary>
    public string? TraceId { get; init; }
}
