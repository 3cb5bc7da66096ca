using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Outbox;

/// <summary>How far one reader has read a namespace's events.</summary>
internal sealed record EventCursorRow
{
    public required string Reader { get; init; }

    public required string Namespace { get; init; }

    public required long LastEventId { get; init; }
}

/// <summary>The names of the readers.</summary>
internal static class EventReaders
{
    public const string Agents = "agents";
    public const string Callbacks = "callbacks";
    public const string Cases = "cases";
    public const string Windows = "windows";
}

internal sealed class EventCursorConfiguration : IEntityTypeConfiguration<EventCursorRow>
{
    public void Configure(EntityTypeBuilder<EventCursorRow> builder)
    {
        builder.ToTable("event_cursors");
        builder.HasKey(row => new { row.Reader, row.Namespace });
    }
}
