using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Pii.Vault;

/// <summary>A value that can be had back from its token, sealed under the key of its subject: when that is destroyed, the token means nothing any more.</summary>
internal sealed class PiiTokenRow
{
    public required string Namespace { get; init; }

    public required string Token { get; init; }

    /// <summary>Row of <c>subject_keys</c>.</summary>
    public Guid KeyId { get; init; }

    /// <summary>nonce ‖ AES-256-GCM ‖ tag, bound to the token.</summary>
    public required byte[] Sealed { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public static BulkTable<PiiTokenRow> Table { get; } = new(
        "pii_tokens",
        ["namespace", "token", "key_id", "sealed", "created_at"],
        Write,
        new BulkUpdate(
            "INSERT INTO pii_tokens (namespace, token, key_id, sealed, created_at) SELECT * FROM unnest($1, $2, $3, $4, $5) ON CONFLICT (namespace, token) DO NOTHING",
            "INSERT INTO pii_tokens (namespace, token, key_id, sealed, created_at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (namespace, token) DO NOTHING"));

    private static void Write(IRowWriter writer, PiiTokenRow row)
    {
        writer.Write(row.Namespace);
        writer.Write(row.Token);
        writer.Write(row.KeyId);
        writer.Write(row.Sealed);
        writer.Write(row.CreatedAt);
    }
}

internal sealed class PiiTokenRowConfiguration : IEntityTypeConfiguration<PiiTokenRow>
{
    public void Configure(EntityTypeBuilder<PiiTokenRow> builder)
    {
        builder.ToTable("pii_tokens");
        builder.HasKey(row => new { row.Namespace, row.Token });
    }
}

internal static class PiiContext
{
    extension(FinObsDbContext db)
    {
        public DbSet<PiiTokenRow> PiiTokens => db.Set<PiiTokenRow>();
    }
}
