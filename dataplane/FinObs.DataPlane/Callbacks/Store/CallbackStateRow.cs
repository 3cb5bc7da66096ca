using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Callbacks.Store;

/// <summary>How deliveries to one target go, for whichever replica serves it next, and the keys that sign.</summary>
internal sealed record CallbackStateRow
{
    public required string Namespace { get; init; }

    public required string Target { get; init; }

    public BreakerState Breaker { get; init; }

    /// <summary>Until when the circuit stays open.</summary>
    public DateTimeOffset? OpenUntil { get; init; }

    /// <summary>Failures in a row.</summary>
    public int Consecutive { get; init; }

    /// <summary>Until when the receiver has asked for patience.</summary>
    public DateTimeOffset? ThrottledUntil { get; init; }

    /// <summary>Since when nothing has arrived.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    public DateTimeOffset? DisabledAt { get; init; }

    public string? DisabledReason { get; init; }

    public DateTimeOffset? LastSuccess { get; init; }

    public DateTimeOffset? LastFailureAt { get; init; }

    public int LastFailureStatus { get; init; }

    public string? LastFailureReason { get; init; }

    /// <summary>In a sentence.</summary>
    public string? LastFailureDetail { get; init; }

    public int LastFailureAttempt { get; init; }

    /// <summary>The addresses that the name last resolved to, with commas between them.</summary>
    public string? ResolvedIps { get; init; }

    /// <summary>Id of the key that signs, and the key itself, sealed.</summary>
    public string? KeyId { get; init; }

    public byte[]? SealedKey { get; init; }

    /// <summary>The key before it, which signs too until <see cref="PreviousValidUntil"/>.</summary>
    public string? PreviousKeyId { get; init; }

    public byte[]? SealedPreviousKey { get; init; }

    public DateTimeOffset? PreviousValidUntil { get; init; }
}

/// <summary>Whether a target is left alone.</summary>
internal enum BreakerState
{
    Closed,
    Open,
    HalfOpen,
}

internal sealed class CallbackStateConfiguration : IEntityTypeConfiguration<CallbackStateRow>
{
    public void Configure(EntityTypeBuilder<CallbackStateRow> builder)
    {
        builder.ToTable("callback_states");
        builder.HasKey(row => new { row.Namespace, row.Target });
    }
}
