using System.ComponentModel.DataAnnotations;
using FinObs.Contracts.Resources.Schema;

namespace FinObs.Contracts.Resources.CallbackTargets;

/// <summary>Whom to tell what, and how.</summary>
[Rule("self.allowHttp || self.url.startsWith('https://')", "url must begin with https://; set allowHttp: true where plain HTTP is meant", Check = nameof(IsHttps), FieldPath = ".url")]
[Rule(
    "!has(self.headers) || self.headers.all(k, !k.lowerAscii().startsWith('webhook-') && k.lowerAscii() != 'authorization')",
    "headers must not set webhook-* or authorization: signatures are ours, and auth has a field of its own", Check = nameof(HeadersAreFree), FieldPath = ".headers")]
public sealed record CallbackTargetSpec : ResourceSpec
{
    /// <summary>Where events are sent. No user, password or fragment in it.</summary>
    [StringLength(2048, MinimumLength = 8), RegularExpression("^https?://[^ @#]+$")]
    public required string Url { get; init; }

    /// <summary>True: plain HTTP is meant; without it the URL must begin with https.</summary>
    public bool AllowHttp { get; init; }

    /// <summary>Which events, e.g. <c>transaction.flagged</c>.</summary>
    [MinLength(1), MaxLength(32), ListSet, ItemPattern("^[a-z]+(\\.[a-z_]+)+$", MaxLength = 63)]
    public required IReadOnlyList<string> EventTypes { get; init; }

    /// <summary>Which of these events.</summary>
    public CallbackFilter? Filter { get; init; }

    /// <summary>How much is told.</summary>
    public CallbackPayload Payload { get; init; } = CallbackPayload.Redacted;

    /// <summary>How the receiver knows that it was us (Standard Webhooks).</summary>
    public required CallbackSigning Signing { get; init; }

    /// <summary>What the receiver asks of us.</summary>
    public OutboundAuth? Auth { get; init; }

    /// <summary>Further headers.</summary>
    [MaxLength(32), ItemPattern("^[^\\r\\n]*$", MaxLength = 4096)]
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>When deliveries are tried, and how fast.</summary>
    public CallbackDelivery Delivery { get; init; } = new();

    /// <summary>When the target is left alone for a while.</summary>
    public CircuitBreaker CircuitBreaker { get; init; } = new();

    /// <summary>Disabled after so long of nothing but failures.</summary>
    public Duration DisableAfter { get; init; } = Duration.Hours(120);

    /// <summary>Which addresses the URL may resolve to.</summary>
    public NetworkPolicy? Network { get; init; }

    /// <summary>What becomes of what could not be delivered.</summary>
    public DeadLetterPolicy DeadLetter { get; init; } = new();

    /// <summary>How long what was tried is remembered.</summary>
    public CallbackRetention Retention { get; init; } = new();

    private static bool IsHttps(CallbackTargetSpec self) => self.AllowHttp || self.Url.StartsWith("https://", StringComparison.Ordinal);

    private static bool HeadersAreFree(CallbackTargetSpec self) => self.Headers is null || self.Headers.Keys.All(
        name => !name.StartsWith("webhook-", StringComparison.OrdinalIgnoreCase) && !name.Equals("authorization", StringComparison.OrdinalIgnoreCase));
}

/// <summary>Which events are told.</summary>
public sealed record CallbackFilter
{
    /// <summary>Only events with at least this score.</summary>
    public decimal? MinScore { get; init; }

    /// <summary>Only events of these decisions.</summary>
    [MaxLength(3), ListSet]
    public IReadOnlyList<DecisionKind>? Decisions { get; init; }

    /// <summary>Only events of these models.</summary>
    [MaxLength(32), ListSet, ItemPattern(Patterns.DnsLabel, MaxLength = 63)]
    public IReadOnlyList<string>? Models { get; init; }
}

/// <summary>A decision, as specs say it.</summary>
public enum DecisionKind
{
    /// <summary>It went through.</summary>
    Approve = 0,

    /// <summary>A person decides.</summary>
    Review = 1,

    /// <summary>It was stopped.</summary>
    Block = 2,
}

/// <summary>How much is told.</summary>
public enum CallbackPayload
{
    /// <summary>Everything but personal data.</summary>
    Redacted = 0,

    /// <summary>Ids only: whoever may know more asks the API.</summary>
    Thin = 1,

    /// <summary>Everything.</summary>
    Full = 2,
}

/// <summary>How deliveries are signed (Standard Webhooks).</summary>
public sealed record CallbackSigning
{
    /// <summary>By which scheme.</summary>
    public SigningScheme Scheme { get; init; } = SigningScheme.HmacSha256;

    /// <summary>With which key: <c>whsec_…</c>, or <c>whsk_…</c> for Ed25519.</summary>
    public required SecretKeyRef SecretRef { get; init; }

    /// <summary>The key before it: both sign while they overlap.</summary>
    public SecretKeyRef? PreviousSecretRef { get; init; }

    /// <summary>How long the two overlap.</summary>
    public Duration Overlap { get; init; } = Duration.Hours(24);
}

/// <summary>A scheme of Standard Webhooks.</summary>
public enum SigningScheme
{
    /// <summary><c>v1</c>: HMAC-SHA256, a shared key.</summary>
    HmacSha256 = 0,

    /// <summary><c>v1a</c>: Ed25519, a public key for receivers.</summary>
    Ed25519 = 1,
}

/// <summary>When it is tried, and how fast.</summary>
public sealed record CallbackDelivery
{
    /// <summary>How long an answer may take.</summary>
    public Duration Timeout { get; init; } = Duration.Seconds(20);

    /// <summary>How long after each failure it is tried again: at first quickly, then for days.</summary>
    [MinLength(1), MaxLength(20)]
    public IReadOnlyList<Duration> Schedule { get; init; } =
    [
        Duration.Seconds(1), Duration.Seconds(2), Duration.Seconds(5), Duration.Minutes(5), Duration.Minutes(30), Duration.Hours(2), Duration.Hours(5), Duration.Hours(10), Duration.Hours(14), Duration.Hours(20), Duration.Hours(24),
    ];

    /// <summary>Each delay is moved by up to this share, at random.</summary>
    [RegularExpression(Patterns.Share)]
    public decimal Jitter { get; init; } = 0.2m;

    /// <summary>No more than so many a second.</summary>
    [Range(1, 10_000)]
    public int RatePerSecond { get; init; } = 50;

    /// <summary>No more than so many at once.</summary>
    [Range(1, 1000)]
    public int MaxInFlight { get; init; } = 20;

    /// <summary>Whether later events wait for earlier ones.</summary>
    public DeliveryOrdering Ordering { get; init; } = DeliveryOrdering.None;
}

/// <summary>Whether later events wait for earlier ones.</summary>
public enum DeliveryOrdering
{
    /// <summary>No.</summary>
    None = 0,

    /// <summary>Of the same account, yes.</summary>
    PerKey = 1,
}

/// <summary>When a target is left alone for a while.</summary>
public sealed record CircuitBreaker
{
    /// <summary>The circuit opens at this share of failures, in percent.</summary>
    [Range(1, 100)]
    public int FailureRate { get; init; } = 70;

    /// <summary>But only among at least so many deliveries.</summary>
    [Range(1, 10_000)]
    public int MinRequests { get; init; } = 10;

    /// <summary>It opens after so many failures in a row, too.</summary>
    [Range(1, 10_000)]
    public int Consecutive { get; init; } = 10;

    /// <summary>How long it stays open.</summary>
    public Duration OpenFor { get; init; } = Duration.Seconds(30);
}

/// <summary>What becomes of what could not be delivered.</summary>
public sealed record DeadLetterPolicy
{
    /// <summary>How long they are kept.</summary>
    public Duration Retention { get; init; } = Duration.Hours(720);

    /// <summary>How many are kept at most.</summary>
    [Range(1, 10_000_000)]
    public int MaxItems { get; init; } = 100_000;
}

/// <summary>How long attempts are remembered.</summary>
public sealed record CallbackRetention
{
    /// <summary>How long attempts are remembered.</summary>
    public Duration Attempts { get; init; } = Duration.Hours(720);
}
