using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using FinObs.DataPlane.Storage.Redis;
using FinObs.Scoring.Features;
using StackExchange.Redis;

namespace FinObs.DataPlane.Ledger;

/// <summary>
/// Profiles in Redis: a version (8 bytes, little-endian), the state, and what follows are the last transactions. A key is the database's id and a hash, so that two installations may use one Redis
/// and no account's id lies in it. Entries go after an hour without a change.
/// </summary>
internal sealed class RedisProfiles(ReplicaRedis redis, LedgerIdentity identity) : IProfileShare
{
    private const int VersionSize = sizeof(long);
    private const int HashSize = 16;
    private static readonly TimeSpan Age = TimeSpan.FromHours(1);

    public async Task<CommittedProfile?[]> FindAsync(IReadOnlyList<AccountKey> accounts, CancellationToken cancellationToken)
    {
        CommittedProfile?[] found = new CommittedProfile?[accounts.Count];
        if (accounts.Count == 0 || identity.Id is not { } database || !redis.TryUse(out IDatabaseAsync? commands))
        {
            return found;
        }

        try
        {
            RedisValue[] values = await commands.StringGetAsync([.. accounts.Select(account => KeyOf(database, account))]).WaitAsync(cancellationToken);
            for (int i = 0; i < found.Length; i++)
            {
                found[i] = Read(values[i]);
            }
        }
        catch (Exception exception) when (ReplicaRedis.IsFault(exception))
        {
            redis.Failed(exception);
        }

        return found;
    }

    public void Put(IReadOnlyCollection<(AccountKey Account, CommittedProfile Profile)> committed)
    {
        if (identity.Id is { } database && redis.TryUse(out IDatabaseAsync? commands))
        {
            foreach ((AccountKey account, CommittedProfile profile) in committed)
            {
                _ = commands.StringSetAsync(KeyOf(database, account), Write(profile), Age, flags: CommandFlags.FireAndForget);
            }
        }
    }

    public void Forget(IReadOnlyCollection<AccountKey> accounts)
    {
        if (accounts.Count > 0 && identity.Id is { } database && redis.TryUse(out IDatabaseAsync? commands))
        {
            _ = commands.KeyDeleteAsync([.. accounts.Select(account => KeyOf(database, account))], CommandFlags.FireAndForget);
        }
    }

    private static RedisKey KeyOf(byte[] database, AccountKey account)
    {
        int size = Encoding.UTF8.GetByteCount(account.Namespace) + 1 + Encoding.UTF8.GetByteCount(account.AccountId);
        byte[] text = new byte[size];
        int name = Encoding.UTF8.GetBytes(account.Namespace, text);
        Encoding.UTF8.GetBytes(account.AccountId, text.AsSpan(name + 1));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        byte[] key = [.. "finobs:p:"u8, .. database, .. hash[..HashSize]];
        return key;
    }

    private static RedisValue Write(CommittedProfile profile)
    {
        byte[] version = new byte[VersionSize];
        BinaryPrimitives.WriteInt64LittleEndian(version, profile.Version);
        return (byte[])[.. version, .. profile.Profile.ToBytes(), .. profile.Recent?.ToBytes() ?? []];
    }

    /// <summary>Null for what is not there, and for whatever another version of this program wrote.</summary>
    private static CommittedProfile? Read(RedisValue value)
    {
        if ((byte[]?)value is not { Length: >= VersionSize + AccountProfile.Size } bytes)
        {
            return null;
        }

        try
        {
            ReadOnlySpan<byte> recent = bytes.AsSpan(VersionSize + AccountProfile.Size);
            return new CommittedProfile(
                AccountProfile.FromBytes(bytes.AsSpan(VersionSize, AccountProfile.Size)),
                BinaryPrimitives.ReadInt64LittleEndian(bytes),
                recent.IsEmpty ? null : RecentActivity.FromBytes(recent));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
