using System.Security.Cryptography;
using System.Text;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Transactions;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Pulls.Store;

/// <summary>A bad item as a run found it.</summary>
internal sealed record BadItem(byte[] Raw, ItemError Error);

/// <summary>
/// Items kept aside, encrypted under a key of the host (AES-256-GCM): they may be personal data of somebody whom no one can name yet, so that no subject's key fits them. They go when they are
/// settled, with their source, and after the retention.
/// </summary>
internal sealed class Quarantine(IDatabase database, AuditKeyring keyring, TimeProvider time) : IDisposable
{
    /// <summary>As much of an item as is kept.</summary>
    public const int LargestKept = 16 * 1024;

    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly AesGcm _cipher = new(keyring.Derive("finobs/pulls/quarantine/v1"u8), TagSize);
    private readonly byte[] _idKey = keyring.Derive("finobs/pulls/quarantine-id/v1"u8);
    private readonly Lock _gate = new();

    /// <summary>Keeps them; one that is there already stays as it is.</summary>
    /// <returns>False where the source has more open ones than are kept.</returns>
    public async Task<bool> AddAsync(ResourceKey key, IReadOnlyList<BadItem> items, int most, CancellationToken cancellationToken)
    {
        if (items.Count == 0)
        {
            return true;
        }

        DateTimeOffset now = time.GetUtcNow();
        Dictionary<Guid, QuarantineRow> rows = [];
        foreach (BadItem item in items)
        {
            QuarantineRow row = Seal(key, item, now);
            rows.TryAdd(row.Id, row);
        }

        await using FinObsDbContext db = database.CreateContext();
        Guid[] ids = [.. rows.Keys];
        List<Guid> known = await db.PullQuarantine.Where(row => EF.Parameter(ids).Contains(row.Id)).Select(row => row.Id).ToListAsync(cancellationToken);
        if (rows.Count - known.Count + await OpenCountAsync(key, cancellationToken) > most)
        {
            return false;
        }

        db.PullQuarantine.AddRange(rows.Values.Where(row => !known.Contains(row.Id)));
        await db.SaveChangesAsync(cancellationToken);
        return true;
    }

    public async Task<long> OpenCountAsync(ResourceKey key, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.PullQuarantine.LongCountAsync(row => row.Namespace == key.Namespace && row.Name == key.Name && row.State == QuarantineStates.Open, cancellationToken);
    }

    public async Task<QuarantineRow?> FindAsync(ResourceKey key, Guid id, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.PullQuarantine.FirstOrDefaultAsync(row => row.Id == id && row.Namespace == key.Namespace && row.Name == key.Name, cancellationToken);
    }

    /// <summary>The item as it was fetched, or its beginning; null where it is not to be opened.</summary>
    public byte[]? Open(QuarantineRow row)
    {
        int size = row.Sealed.Length - NonceSize - TagSize;
        if (size < 0)
        {
            return null;
        }

        byte[] raw = new byte[size];
        try
        {
            lock (_gate)
            {
                _cipher.Decrypt(row.Sealed.AsSpan(0, NonceSize), row.Sealed.AsSpan(NonceSize, size), row.Sealed.AsSpan(NonceSize + size), raw, row.Id.ToByteArray(bigEndian: true));
            }

            return raw;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public void Dispose() => _cipher.Dispose();

    private QuarantineRow Seal(ResourceKey key, BadItem item, DateTimeOffset now)
    {
        Guid id = IdOf(key, item.Raw);
        ReadOnlySpan<byte> kept = item.Raw.AsSpan(0, Math.Min(item.Raw.Length, LargestKept));
        byte[] sealedItem = new byte[NonceSize + kept.Length + TagSize];
        RandomNumberGenerator.Fill(sealedItem.AsSpan(0, NonceSize));
        lock (_gate)
        {
            _cipher.Encrypt(sealedItem.AsSpan(0, NonceSize), kept, sealedItem.AsSpan(NonceSize, kept.Length), sealedItem.AsSpan(NonceSize + kept.Length), id.ToByteArray(bigEndian: true));
        }

        return new QuarantineRow
        {
            Id = id,
            Namespace = key.Namespace,
            Name = key.Name,
            At = now,
            Code = item.Error.Code,
            Reason = item.Error.Message,
            Sealed = sealedItem,
            Truncated = item.Raw.Length > LargestKept,
            State = QuarantineStates.Open,
        };
    }

    /// <summary>By a key: an id tells nothing of the item.</summary>
    private Guid IdOf(ResourceKey key, ReadOnlySpan<byte> raw)
    {
        using IncrementalHash mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _idKey);
        mac.AppendData(Encoding.UTF8.GetBytes($"{key.Namespace}\0{key.Name}\0"));
        mac.AppendData(raw);
        byte[] bytes = mac.GetHashAndReset()[..16];
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x80); // version 8: of our own making (RFC 9562)
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
