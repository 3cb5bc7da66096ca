using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Resources.Store;

/// <summary>One value of a Secret that a resource refers to, encrypted. It goes as soon as the resource refers to it no more.</summary>
internal sealed record ResourceSecretRow
{
    public static readonly BulkTable<ResourceSecretRow> Table = new(
        "resource_secrets",
        ["namespace", "kind", "name", "secret", "key", "sealed"],
        static (writer, row) =>
        {
            writer.Write(row.Namespace);
            writer.Write(row.Kind);
            writer.Write(row.Name);
            writer.Write(row.Secret);
            writer.Write(row.Key);
            writer.Write(row.Sealed);
        });

    public required string Namespace { get; init; }

    public required string Kind { get; init; }

    public required string Name { get; init; }

    /// <summary>Name of the Secret.</summary>
    public required string Secret { get; init; }

    /// <summary>Which of its values.</summary>
    public required string Key { get; init; }

    /// <summary>nonce ‖ AES-256-GCM(value) ‖ tag, bound to all of the above.</summary>
    public required byte[] Sealed { get; init; }
}

internal sealed class ResourceSecretRowConfiguration : IEntityTypeConfiguration<ResourceSecretRow>
{
    public void Configure(EntityTypeBuilder<ResourceSecretRow> builder)
    {
        builder.ToTable(ResourceSecretRow.Table.Name);
        builder.HasKey(row => new { row.Namespace, row.Kind, row.Name, row.Secret, row.Key });
    }
}
