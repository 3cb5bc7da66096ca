using System.ComponentModel.DataAnnotations;
using FinObs.Contracts.Resources.Schema;

namespace FinObs.Contracts.Resources.PullSources;

/// <summary>Where transactions are fetched, when, and how they are read.</summary>
public sealed record PullSourceSpec : ResourceSpec
{
    /// <summary>Where transactions are fetched. No user, password or fragment in it.</summary>
    [StringLength(2048, MinimumLength = 8), RegularExpression("^https?://[^ @#]+$")]
    public required string Url { get; init; }

    /// <summary>How it is asked.</summary>
    public PullMethod Method { get; init; } = PullMethod.Get;

    /// <summary>How we sign in there.</summary>
    public OutboundAuth? Auth { get; init; }

    /// <summary>Further headers.</summary>
    [MaxLength(32), ItemPattern("^[^\\r\\n]*$", MaxLength = 4096)]
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Parameters of the query.</summary>
    [MaxLength(32), ItemPattern("^.*$", MaxLength = 4096)]
    public IReadOnlyDictionary<string, string>? Query { get; init; }

    /// <summary>When it is fetched.</summary>
    public required PullSchedule Schedule { get; init; }

    /// <summary>How one gets from page to page.</summary>
    public PullPagination Pagination { get; init; } = new();

    /// <summary>How only what is new is asked for.</summary>
    public PullIncremental? Incremental { get; init; }

    /// <summary>How an answer is read.</summary>
    public PullResponse Response { get; init; } = new();

    /// <summary>Which field of an item is which field of a transaction: <c>transactionId</c> and <c>amount</c> at least.</summary>
    [MinLength(2), MaxLength(32), ItemPattern(Patterns.JsonPath)]
    [Rule("'transactionId' in self && 'amount' in self", "mapping needs transactionId and amount", Check = nameof(HasTheRequired))]
    public required IReadOnlyDictionary<string, string> Mapping { get; init; }

    /// <summary>How an item that was fetched before is known.</summary>
    public PullDedupe Dedupe { get; init; } = new();

    /// <summary>What happens when a run fails.</summary>
    public PullErrorPolicy OnError { get; init; } = new();

    /// <summary>Which addresses the URL may resolve to.</summary>
    public NetworkPolicy? Network { get; init; }

    /// <summary>What happens when a run is due and the last is not over.</summary>
    public PullConcurrency ConcurrencyPolicy { get; init; } = PullConcurrency.Forbid;

    /// <summary>How what is fetched is scored.</summary>
    public PullScoring? Scoring { get; init; }

    private static bool HasTheRequired(IReadOnlyDictionary<string, string> self) => self.ContainsKey("transactionId") && self.ContainsKey("amount");
}

/// <summary>How a source is asked.</summary>
public enum PullMethod
{
    /// <summary>GET.</summary>
    Get = 0,

    /// <summary>POST.</summary>
    Post = 1,
}

/// <summary>When a source is asked: an interval or a cron expression.</summary>
[Rule("has(self.interval) != has(self.cron)", "a schedule is exactly one of interval and cron", Check = nameof(IsExactlyOne))]
[Rule("!has(self.timeZone) || has(self.cron)", "timeZone goes with cron", Check = nameof(ZoneGoesWithCron), FieldPath = ".timeZone")]
public sealed record PullSchedule
{
    /// <summary>How long after the last run began.</summary>
    public Duration? Interval { get; init; }

    /// <summary>A cron expression of five fields.</summary>
    [StringLength(64), RegularExpression(Patterns.Cron)]
    public string? Cron { get; init; }

    /// <summary>The zone it is meant in (IANA); none = UTC.</summary>
    [StringLength(64)]
    public string? TimeZone { get; init; }

    /// <summary>Each run is put off by up to this share of the interval, at random.</summary>
    [RegularExpression(Patterns.Share)]
    public decimal Jitter { get; init; } = 0.1m;

    /// <summary>How long a run may take for each request.</summary>
    public Duration Timeout { get; init; } = Duration.Seconds(30);

    private static bool IsExactlyOne(PullSchedule self) => self.Interval is null != self.Cron is null;

    private static bool ZoneGoesWithCron(PullSchedule self) => self.TimeZone is null || self.Cron is not null;
}

/// <summary>How one gets from page to page.</summary>
[Rule("self.type != 'Cursor' || (has(self.cursorPath) && has(self.param))", "Cursor needs cursorPath and param", Check = nameof(CursorIsWhole))]
[Rule("self.type != 'Page' || has(self.param)", "Page needs param", Check = nameof(PageIsWhole))]
public sealed record PullPagination
{
    /// <summary>How pages follow each other.</summary>
    public PaginationType Type { get; init; } = PaginationType.None;

    /// <summary>Where the answer has the cursor of the next page.</summary>
    [StringLength(253), RegularExpression(Patterns.JsonPath)]
    public string? CursorPath { get; init; }

    /// <summary>Which parameter takes it.</summary>
    [StringLength(128)]
    public string? Param { get; init; }

    /// <summary>No more pages than this in a run.</summary>
    [Range(1, 10_000)]
    public int MaxPages { get; init; } = 100;

    private static bool CursorIsWhole(PullPagination self) => self.Type != PaginationType.Cursor || (self.CursorPath is not null && self.Param is not null);

    private static bool PageIsWhole(PullPagination self) => self.Type != PaginationType.Page || self.Param is not null;
}

/// <summary>How one gets from page to page.</summary>
public enum PaginationType
{
    /// <summary>There is one page.</summary>
    None = 0,

    /// <summary>Each answer says the next one's cursor.</summary>
    Cursor = 1,

    /// <summary>They are numbered from 1.</summary>
    Page = 2,

    /// <summary>A <c>Link</c> header says the next one's address (RFC 8288).</summary>
    LinkHeader = 3,
}

/// <summary>How only what is new is asked for.</summary>
public sealed record PullIncremental
{
    /// <summary>Which field of an item says how new it is.</summary>
    [StringLength(253), RegularExpression(Patterns.JsonPath)]
    public required string WatermarkPath { get; init; }

    /// <summary>Which parameter takes the newest seen so far.</summary>
    [StringLength(128, MinimumLength = 1)]
    public required string Param { get; init; }

    /// <summary>Asked for again from so long before it, for what arrives late.</summary>
    public Duration Overlap { get; init; } = Duration.Minutes(2);
}
