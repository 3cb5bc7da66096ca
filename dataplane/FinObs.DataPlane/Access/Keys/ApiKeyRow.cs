using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Access.Keys;

/// <summary>A machine's key: what it may, until when, and the hash of its secret. The secret itself is nowhere.</summary>
internal sealed record ApiKeyRow
{
    public static readonly BulkTable<ApiKeyRow> Table = new(
        "api_keys",
        ["id", "name", "hash", "permissions", "created_by", "created_at", "expires_at", "leaf_id"],
        static (row, key) =>
        {
            row.Write(key.Id);
            row.Write(key.Name);
            row.Write(key.Hash);
            row.Write(key.Permissions);
            row.Write(key.CreatedBy);
            row.Write(key.CreatedAt);
            row.Write(key.ExpiresAt);
            row.Write(key.LeafId);
        });

    public required Guid Id { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the whole key: its 256 random bits need no salt and no slow hash.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>In ordinal order, with commas between.</summary>
    public required string Permissions { get; init; }

    /// <summary>Actor.</summary>
    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public string? RevokedBy { get; init; }

    /// <summary>To ten minutes.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    public required Guid LeafId { get; init; }

    public string Actor => $"key:{Id:D}";

    /// <summary>What people may see of it.</summary>
    public string Prefix => ApiKeyText.PrefixOf(Id);
}

internal static class ApiKeyTables
{
    extension(FinObsDbContext db)
    {
        public DbSet<ApiKeyRow> ApiKeys => db.Set<ApiKeyRow>();
    }

    internal sealed class ApiKeyConfiguration : IEntityTypeConfiguration<ApiKeyRow>
    {
        public void Configure(EntityTypeBuilder<ApiKeyRow> builder)
        {
            builder.ToTable(ApiKeyRow.Table.Name);
            builder.HasKey(row => row.Id);
            builder.Property(row => row.Id).ValueGeneratedNever();
            builder.Ignore(row => row.Actor);
            builder.Ignore(row => row.Prefix);
        }
    }
}

/// <summary>What the audit log says of keys.</summary>
internal static class ApiKeyActs
{
    public const string Created = "api_key.created";
    public const string Revoked = "api_key.revoked";

    /// <summary>With the hash: a key that a hand has put into the table, or given more permissions or time, does not agree with what was proven.</summary>
    public static byte[] Payload(ApiKeyRow row)
    {
        CanonicalJsonWriter writer = new();
        writer.BeginObject();
        writer.Property("created_at"u8, row.CreatedAt);
        writer.Property("created_by"u8, row.CreatedBy);
        writer.Property("expires_at"u8, row.ExpiresAt);
        writer.Name("hash"u8);
        writer.Hex(row.Hash);
        writer.Property("key"u8, row.Id);
        writer.Property("name"u8, row.Name);
        writer.Property("permissions"u8, row.Permissions);
        writer.Property("v"u8, 1);
        writer.EndObject();
        return writer.Written.ToArray();
    }

    public static byte[] RevokedPayload(Guid key, string? by, DateTimeOffset? at)
    {
        CanonicalJsonWriter writer = new();
        writer.BeginObject();
        writer.Property("key"u8, key);
        writer.Name("revoked_at"u8);
        if (at is { } moment) writer.Value(moment);
        else writer.Null();
        writer.Property("revoked_by"u8, by);
        writer.Property("v"u8, 1);
        writer.EndObject();
        return writer.Written.ToArray();
    }
}

/// <summary>The payloads of both acts from the key's row.</summary>
internal sealed class ApiKeyProjection(IDatabase database, string act) : IAuditProjection
{
    public string Kind => act;

    public async Task<IReadOnlyDictionary<Guid, byte[]>> ProjectAsync(IReadOnlyCollection<Guid> refs, CancellationToken cancellationToken)
    {
        Guid[] wanted = [.. refs];
        await using FinObsDbContext db = database.CreateContext();
        List<ApiKeyRow> rows = await db.ApiKeys.Where(row => EF.Parameter(wanted).Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken);
        return rows.ToDictionary(row => row.Id, row => act == ApiKeyActs.Created ? ApiKeyActs.Payload(row) : ApiKeyActs.RevokedPayload(row.Id, row.RevokedBy, row.RevokedAt));
    }
}
