using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Access.Users;

/// <summary>A person who has come at least once. Who that is to the issuer, and by which name, is sealed: the row itself holds no personal data.</summary>
internal sealed record UserRow
{
    public const string TableName = "users";

    /// <summary>What leaves and rows call them by: <c>user:ID</c>.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whose tokens they show.</summary>
    public required string Issuer { get; init; }

    /// <summary>HMAC of the issuer's subject, to find them by.</summary>
    public required string SubjectToken { get; init; }

    /// <summary>A <see cref="UserProfile"/>, encrypted; empty once it has been taken away.</summary>
    public required byte[] Profile { get; init; }

    /// <summary>What the issuer's token mapped to when they last came; see <see cref="RoleList"/>.</summary>
    public required string IssuerRoles { get; init; }

    /// <summary>What was assigned here; see <see cref="RoleList"/>.</summary>
    public required string Roles { get; init; }

    public required bool IsActive { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>To the minute.</summary>
    public required DateTimeOffset LastSeenAt { get; init; }

    /// <summary>When a coming was last written to the audit log that was refused.</summary>
    public DateTimeOffset? RefusedAt { get; init; }

    /// <summary>Grows with each change of roles or of being active: who changes says what they saw.</summary>
    public required long Version { get; init; }

    public string Actor => $"user:{Id:D}";

    /// <summary>Assigned here, and by the issuer when they last came.</summary>
    public IEnumerable<string> AllRoles => RoleList.Parse(Roles).Union(RoleList.Parse(IssuerRoles), StringComparer.Ordinal);
}

/// <summary>Something that was done to a person's access, kept for good: also what <see cref="UserRow.Roles"/> were before.</summary>
internal sealed record UserChangeRow
{
    public static readonly BulkTable<UserChangeRow> Table = new(
        "user_changes",
        ["id", "user_id", "act", "roles_before", "roles", "is_active", "actor", "reason", "at", "leaf_id"],
        static (row, change) =>
        {
            row.Write(change.Id);
            row.Write(change.UserId);
            row.Write(change.Act);
            row.Write(change.RolesBefore);
            row.Write(change.Roles);
            row.Write(change.IsActive);
            row.Write(change.Actor);
            row.Write(change.Reason);
            row.Write(change.At);
            row.Write(change.LeafId);
        });

    public required Guid Id { get; init; }

    public required Guid UserId { get; init; }

    /// <summary>Of <see cref="UserActs"/>.</summary>
    public required string Act { get; init; }

    public required string RolesBefore { get; init; }

    public required string Roles { get; init; }

    public required bool IsActive { get; init; }

    public required string Actor { get; init; }

    public string? Reason { get; init; }

    public required DateTimeOffset At { get; init; }

    public required Guid LeafId { get; init; }
}

internal static class UserTables
{
    extension(FinObsDbContext db)
    {
        public DbSet<UserRow> Users => db.Set<UserRow>();

        public DbSet<UserChangeRow> UserChanges => db.Set<UserChangeRow>();
    }

    internal sealed class UserConfiguration : IEntityTypeConfiguration<UserRow>
    {
        public void Configure(EntityTypeBuilder<UserRow> builder)
        {
            builder.ToTable(UserRow.TableName);
            builder.HasKey(row => row.Id);
            builder.Property(row => row.Id).ValueGeneratedNever();
            builder.HasIndex(row => new { row.Issuer, row.SubjectToken }).IsUnique();
            builder.Ignore(row => row.Actor);
            builder.Ignore(row => row.AllRoles);
        }
    }

    internal sealed class UserChangeConfiguration : IEntityTypeConfiguration<UserChangeRow>
    {
        public void Configure(EntityTypeBuilder<UserChangeRow> builder)
        {
            builder.ToTable(UserChangeRow.Table.Name);
            builder.HasKey(row => row.Id);
            builder.Property(row => row.Id).ValueGeneratedNever();
            builder.HasIndex(row => new { row.UserId, row.Id });
        }
    }
}
