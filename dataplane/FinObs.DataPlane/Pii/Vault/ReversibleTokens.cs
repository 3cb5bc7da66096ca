using System.Security.Cryptography;
using System.Text;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Pii.Vault;

/// <summary>
/// Tokens that can be turned back, for readers that must not see a value but whose answer will name it: agents. A token is of one subject of one namespace (the same value of another subject has another one), so that
/// erasing the subject erases what its tokens stood for.
/// </summary>
internal sealed class ReversibleTokens(IDatabase database, AuditKeyring keyring, SubjectKeys keys, TimeProvider time)
{
    public const string Prefix = "ref_";
    private const int TokenBytes = 16;
    private readonly Lazy<byte[]> _key = new(() => keyring.Derive("finobs/pii/reversible/v1"u8));

    /// <summary>A token for each value, kept for <see cref="RevealAsync"/>.</summary>
    public async Task<IReadOnlyDictionary<string, string>> KeepAsync(string @namespace, string subject, IReadOnlyCollection<string> values, CancellationToken cancellationToken)
    {
        SubjectKey key = (await keys.GetAsync(@namespace, [subject], cancellationToken))[subject];
        Dictionary<string, string> tokens = values.Distinct(StringComparer.Ordinal).ToDictionary(value => value, value => TokenOf(key, value), StringComparer.Ordinal);
        DateTimeOffset now = time.GetUtcNow();
        List<PiiTokenRow> rows = [.. tokens.OrderBy(pair => pair.Value, StringComparer.Ordinal).Select(pair => new PiiTokenRow
        {
            Namespace = @namespace, Token = pair.Value, KeyId = key.Id, Sealed = Seal(key.Key, pair.Value, pair.Key), CreatedAt = now,
        })];
        await using IWriteSession session = await database.BeginWriteAsync(cancellationToken);
        await session.InsertAsync(PiiTokenRow.Table, rows, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return tokens;
    }

    /// <summary>The value; null for a token that is not known, or whose subject was erased.</summary>
    public async Task<string?> RevealAsync(string @namespace, string token, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        var found = await (
            from row in db.PiiTokens
            join key in db.SubjectKeys on row.KeyId equals key.Id
            where row.Namespace == @namespace && row.Token == token && key.Wrapped != null
            select new { row.Sealed, key.Id, key.Wrapped }).SingleOrDefaultAsync(cancellationToken);
        return found is null ? null : Open(keyring.Unwrap(found.Id, found.Wrapped), token, found.Sealed);
    }

    private string TokenOf(SubjectKey key, string value) =>
        Prefix + Convert.ToHexStringLower(HMACSHA256.HashData(_key.Value, Encoding.UTF8.GetBytes($"{key.Id}\0{value}")).AsSpan(0, TokenBytes));

    private static byte[] Seal(byte[] key, string token, string value)
    {
        byte[] plain = Encoding.UTF8.GetBytes(value);
        byte[] result = new byte[SealedPayload.NonceSize + plain.Length + SealedPayload.TagSize];
        RandomNumberGenerator.Fill(result.AsSpan(0, SealedPayload.NonceSize));
        using AesGcm cipher = new(key, SealedPayload.TagSize);
        cipher.Encrypt(result.AsSpan(0, SealedPayload.NonceSize), plain, result.AsSpan(SealedPayload.NonceSize, plain.Length), result.AsSpan(SealedPayload.NonceSize + plain.Length), Encoding.UTF8.GetBytes(token));
        return result;
    }

    private static string Open(byte[] key, string token, byte[] stored)
    {
        int size = stored.Length - SealedPayload.NonceSize - SealedPayload.TagSize;
        byte[] plain = new byte[size];
        using AesGcm cipher = new(key, SealedPayload.TagSize);
        cipher.Decrypt(stored.AsSpan(0, SealedPayload.NonceSize), stored.AsSpan(SealedPayload.NonceSize, size), stored.AsSpan(SealedPayload.NonceSize + size), plain, Encoding.UTF8.GetBytes(token));
        return Encoding.UTF8.GetString(plain);
    }
}
