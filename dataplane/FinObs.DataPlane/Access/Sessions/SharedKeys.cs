using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Storage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Access.Sessions;

/// <summary>The keys that cookies and anti-forgery tokens are protected with: one ring for all replicas, in the database, encrypted under the host's master key.</summary>
internal static class SharedKeys
{
    public static IServiceCollection AddSharedKeys(this IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("FinObs");
        services.AddSingleton<KeySealer>();
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(options =>
        {
            options.XmlRepository = new KeyTable(provider.GetRequiredService<IDatabase>(), provider.GetRequiredService<TimeProvider>());
            options.XmlEncryptor = provider.GetRequiredService<KeySealer>();
        }));
        return services;
    }
}

/// <summary>A key as ASP.NET's Data Protection writes it, its secret sealed.</summary>
internal sealed record DataProtectionKeyRow
{
    public required Guid Id { get; init; }

    public required string FriendlyName { get; init; }

    public required string Xml { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

internal sealed class DataProtectionKeyConfiguration : IEntityTypeConfiguration<DataProtectionKeyRow>
{
    public void Configure(EntityTypeBuilder<DataProtectionKeyRow> builder)
    {
        builder.ToTable("data_protection_keys");
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).ValueGeneratedNever();
    }
}

/// <summary>Where the ring is kept.</summary>
internal sealed class KeyTable(IDatabase database, TimeProvider time) : IXmlRepository
{
    /// <summary>A ring gets a key every 90 days.</summary>
    private const int MostKeys = 1_000;

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using FinObsDbContext db = database.CreateContext();
        return [.. db.Set<DataProtectionKeyRow>().OrderBy(row => row.Id).Take(MostKeys).Select(row => row.Xml).ToList().Select(xml => XElement.Parse(xml))];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        DateTimeOffset now = time.GetUtcNow();
        using FinObsDbContext db = database.CreateContext();
        db.Add(new DataProtectionKeyRow { Id = Guid.CreateVersion7(now), FriendlyName = friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting), CreatedAt = now });
        db.SaveChanges();
    }
}

/// <summary>AES-256-GCM under a key derived from the host's master key: whoever reads the table alone can make no cookie.</summary>
internal sealed class KeySealer(AuditKeyring keyring) : IXmlEncryptor, IDisposable
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly AesGcm _cipher = new(keyring.Derive("finobs/access/data-protection/v1"u8), TagSize);
    private readonly Lock _gate = new();

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        byte[] plain = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        byte[] kept = new byte[NonceSize + plain.Length + TagSize];
        RandomNumberGenerator.Fill(kept.AsSpan(0, NonceSize));
        lock (_gate) _cipher.Encrypt(kept.AsSpan(0, NonceSize), plain, kept.AsSpan(NonceSize, plain.Length), kept.AsSpan(NonceSize + plain.Length));
        return new EncryptedXmlInfo(new XElement("sealed", Convert.ToBase64String(kept)), typeof(KeyOpener));
    }

    /// <exception cref="CryptographicException">Sealed under another master key, or changed.</exception>
    public XElement Open(XElement element)
    {
        byte[] kept = Convert.FromBase64String(element.Value);
        if (kept.Length < NonceSize + TagSize) throw new CryptographicException("A sealed key is too short.");
        byte[] plain = new byte[kept.Length - NonceSize - TagSize];
        lock (_gate) _cipher.Decrypt(kept.AsSpan(0, NonceSize), kept.AsSpan(NonceSize, plain.Length), kept.AsSpan(NonceSize + plain.Length), plain);
        return XElement.Parse(Encoding.UTF8.GetString(plain));
    }

    public void Dispose() => _cipher.Dispose();
}

/// <summary>Made by Data Protection itself, from the name that stands beside what is sealed.</summary>
internal sealed class KeyOpener(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) => services.GetRequiredService<KeySealer>().Open(encryptedElement);
}
