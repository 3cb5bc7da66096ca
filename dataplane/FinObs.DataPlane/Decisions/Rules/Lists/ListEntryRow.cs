using FinObs.DataPlane.Audit.Canonical;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Decisions.Rules.Lists;

/// <summary>An entry that came by the API. Its value is sealed, and found again by a keyed token: who reads the table learns nobody's name.</summary>
internal sealed class ListEntryRow
{
    public Guid Id { get; init; }

    public required string Namespace { get; init; }

    public required string List { get; init; }

    /// <summary>HMAC of list and value under the host's key.</summary>
    public required string Token { get; init; }

    /// <summary>See <see cref="ListVault"/>.</summary>
    public required byte[] Sealed { get; init; }

    public string? Note { get; init; }

    /// <summary>From then on it does not count; null = for good.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public required string AddedBy { get; init; }

    public DateTimeOffset AddedAt { get; init; }

    public Guid LeafId { get; init; }

    public string? RemovedBy { get; init; }

    public DateTimeOffset? RemovedAt { get; init; }
}

internal sealed class ListEntryRowConfiguration : IEntityTypeConfiguration<ListEntryRow>
{
    public void Configure(EntityTypeBuilder<ListEntryRow> builder)
    {
        builder.ToTable("rule_list_entries");
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();

        // One that counts, of each value.
        builder.HasIndex(row => new { row.Namespace, row.List, row.Token }).IsUnique().HasFilter("removed_at IS NULL");
        builder.HasIndex(row => new { row.Namespace, row.List, row.Id });
    }
}

/// <summary>What the leaves of a list commit to.</summary>
internal static class ListActs
{
    public const string Added = "list.entry.added";
    public const string Removed = "list.entry.removed";

    public static byte[] AddedPayload(ListEntryRow row, string value)
    {
        CanonicalJsonWriter writer = new();
        writer.BeginObject();
        writer.Property("act"u8, Added);
        writer.Property("added_at"u8, row.AddedAt);
        writer.Property("added_by"u8, row.AddedBy);
        writer.Name("expires_at"u8);
        Write(writer, row.ExpiresAt);
        writer.Property("id"u8, row.Id);
        writer.Property("list"u8, row.List);
        writer.Property("namespace"u8, row.Namespace);
        writer.Property("note"u8, row.Note);
        writer.Property("v"u8, 1);
        writer.Property("value"u8, value);
        writer.EndObject();
        return writer.Written.ToArray();
    }

    public static byte[] RemovedPayload(Guid id, string list, DateTimeOffset at, string by)
    {
        CanonicalJsonWriter writer = new();
        writer.BeginObject();
        writer.Property("act"u8, Removed);
        writer.Property("id"u8, id);
        writer.Property("list"u8, list);
        writer.Property("removed_at"u8, at);
        writer.Property("removed_by"u8, by);
        writer.Property("v"u8, 1);
        writer.EndObject();
        return writer.Written.ToArray();
    }

    private static void Write(CanonicalJsonWriter writer, DateTimeOffset? instant)
    {
        if (instant is { } known)
        {
            writer.Value(known);
        }
        else
        {
            writer.Null();
        }
    }
}
