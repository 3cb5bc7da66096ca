using FinObs.DataPlane.Storage;
using FinObs.Scoring.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Ledger;

/// <summary>A profile being worked on: a clone of the committed one and the version that the commit must still find.</summary>
internal sealed class WorkingProfile(AccountKey key, AccountProfile profile, long committedVersion, RecentActivity? recent)
{
    public AccountKey Key { get; } = key;

    public AccountProfile Profile { get; } = profile;

    /// <summary>0 = the account has no row yet.</summary>
    public long CommittedVersion { get; } = committedVersion;

    /// <summary>The last transactions; null where no rule looks at a window of time.</summary>
    public RecentActivity? Recent { get; private set; } = recent;

    /// <summary>Moves on past a transaction.</summary>
    /// <param name="facts">The transaction.</param>
    /// <param name="row">The same as it came.</param>
    /// <param name="zone">Of the hours of the day.</param>
    /// <param name="remember">Some rule looks at a window of time; where none does, whatever was remembered is let go, since it would have a gap.</param>
    public void Observe(in TransactionFacts facts, TransactionRow row, TimeZoneInfo zone, bool remember)
    {
        Profile.Observe(facts, zone);
        Recent = remember ? (Recent ?? RecentActivity.None).With(RecentTransaction.Of(facts, row.Currency)) : null;
    }

    /// <summary>Where the next chunk goes on from here, before the commit of this one has ended.</summary>
    public WorkingProfile Next() => new(Key, Profile.Clone(), CommittedVersion + 1, Recent);
}

/// <summary>Another replica changed a profile between our read and our commit: read again and repeat.</summary>
internal sealed class ProfileConflictException(int expected, int changed)
    : Exception($"{expected - changed} of {expected} account profiles had been changed by another writer.");

/// <summary>Account profiles: read from memory or the database, written by compare-and-swap inside the transaction's commit.</summary>
internal sealed class AccountProfileStore(IDatabase database, IProfileShare share, IOptions<LedgerOptions> options)
{
    /// <summary>Bound on the parameters of one query.</summary>
    private const int AccountsPerQuery = 500;

    private readonly ProfileCache _cache = new(options.Value.CachedProfiles);

    /// <summary>One working clone for each distinct account; a new profile for an account never seen.</summary>
    /// <param name="namespace">Of the accounts.</param>
    /// <param name="accounts">Distinct.</param>
    /// <param name="ahead">Of the same namespace's commit that is under way: what is there goes before what is committed. The caller writes nothing if that commit fails.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    public async Task<Dictionary<string, WorkingProfile>> LoadAsync(
        string @namespace, IReadOnlyCollection<string> accounts, IReadOnlyDictionary<string, WorkingProfile>? ahead, CancellationToken cancellationToken)
    {
        Dictionary<string, WorkingProfile> working = new(accounts.Count);
        List<AccountKey> wanted = new(accounts.Count);
        foreach (string account in accounts)
        {
            if (ahead is not null && ahead.TryGetValue(account, out WorkingProfile? earlier))
            {
                working[account] = earlier.Next();
            }
            else
            {
                wanted.Add(new AccountKey(@namespace, account));
            }
        }

        List<string> missing = [];
        CommittedProfile?[] shared = await share.FindAsync(wanted, cancellationToken);
        for (int i = 0; i < wanted.Count; i++)
        {
            // Another replica may have gone on with an account that is remembered here.
            CommittedProfile? known = _cache.TryGet(wanted[i], out CommittedProfile? own) && own.Version >= (shared[i]?.Version ?? 0) ? own : shared[i];
            if (known is not null)
            {
                working[wanted[i].AccountId] = new WorkingProfile(wanted[i], known.Profile.Clone(), known.Version, known.Recent);
            }
            else
            {
                missing.Add(wanted[i].AccountId);
            }
        }

        if (missing.Count > 0)
        {
            await ReadAsync(@namespace, missing, working, cancellationToken);
        }

        return working;
    }

    /// <summary>The rows of the changed profiles, first the new accounts', then those to be swapped, in sorted order so that two writers cannot lock each other out.</summary>
    public static (IBulkRows New, IBulkRows Swapped) RowsOf(IReadOnlyCollection<WorkingProfile> profiles, DateTimeOffset now)
    {
        List<AccountProfileRow> added = [];
        List<AccountProfileRow> swapped = new(profiles.Count);
        foreach (WorkingProfile profile in profiles)
        {
            (profile.CommittedVersion == 0 ? added : swapped).Add(new AccountProfileRow
            {
                Namespace = profile.Key.Namespace,
                AccountId = profile.Key.AccountId,
                Version = profile.CommittedVersion + 1,
                State = profile.Profile.ToBytes(),
                UpdatedAt = now,
                Recent = profile.Recent?.ToBytes(),
            });
        }

        added.Sort(ByAccount);
        swapped.Sort(ByAccount);
        return (AccountProfileRow.Table.Rows(added), AccountProfileRow.Swapped.Rows(swapped));
    }

    /// <exception cref="ProfileConflictException">Fewer profiles were swapped than given: one is no longer at the version that was read.</exception>
    public static void EnsureSwapped(int expected, int swapped)
    {
        if (swapped != expected)
        {
            throw new ProfileConflictException(expected, swapped);
        }
    }

    private static int ByAccount(AccountProfileRow a, AccountProfileRow b) => string.CompareOrdinal(a.AccountId, b.AccountId);

    /// <summary>After the commit: the working profiles are the committed ones.</summary>
    public void Publish(IReadOnlyCollection<WorkingProfile> profiles)
    {
        List<(AccountKey, CommittedProfile)> committed = new(profiles.Count);
        foreach (WorkingProfile profile in profiles)
        {
            CommittedProfile now = new(profile.Profile, profile.CommittedVersion + 1, profile.Recent);
            _cache.Put(profile.Key, now);
            committed.Add((profile.Key, now));
        }

        share.Put(committed);
    }

    /// <summary>After a conflict: the next read goes to the database.</summary>
    public void Forget(IReadOnlyCollection<WorkingProfile> profiles)
    {
        foreach (WorkingProfile profile in profiles)
        {
            _cache.Forget(profile.Key);
        }

        share.Forget([.. profiles.Select(profile => profile.Key)]);
    }

    private async Task ReadAsync(string @namespace, List<string> missing, Dictionary<string, WorkingProfile> working, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateHotContext();
        foreach (string[] part in missing.Chunk(AccountsPerQuery))
        {
            List<AccountProfileRow> rows = await Of(db, @namespace, part).ToListAsync(cancellationToken);
            foreach (AccountProfileRow row in rows)
            {
                AccountKey key = new(@namespace, row.AccountId);
                AccountProfile profile = AccountProfile.FromBytes(row.State);
                RecentActivity? recent = row.Recent is null ? null : RecentActivity.FromBytes(row.Recent);
                _cache.Put(key, new CommittedProfile(profile, row.Version, recent));
                working[row.AccountId] = new WorkingProfile(key, profile.Clone(), row.Version, recent);
            }
        }

        foreach (string account in missing)
        {
            working.TryAdd(account, new WorkingProfile(new AccountKey(@namespace, account), new AccountProfile(), 0, recent: null));
        }
    }

    /// <summary>PostgreSQL is told to look each account up: of a join or <c>= ANY</c> its plan may be to read a whole namespace and compare each row with every account.</summary>
    private IQueryable<AccountProfileRow> Of(FinObsDbContext db, string @namespace, string[] accounts) => database.Kind == DatabaseKind.PostgreSql
        ? db.AccountProfiles.FromSql(
            $"SELECT p.* FROM unnest({accounts}) AS wanted(account_id) CROSS JOIN LATERAL (SELECT * FROM account_profiles AS a WHERE a.namespace = {@namespace} AND a.account_id = wanted.account_id LIMIT 1) AS p")
        : db.AccountProfiles.Where(row => row.Namespace == @namespace && accounts.Contains(row.AccountId));
}
