namespace FinObs.DataPlane.Ledger;

/// <summary>Committed profiles that replicas have in common. What it gives may be old, never made up: the commit compares versions.</summary>
internal interface IProfileShare
{
    /// <summary>What is known of these accounts, one place an account; null where nothing is.</summary>
    Task<CommittedProfile?[]> FindAsync(IReadOnlyList<AccountKey> accounts, CancellationToken cancellationToken);

    /// <summary>These were committed. Does not wait.</summary>
    void Put(IReadOnlyCollection<(AccountKey Account, CommittedProfile Profile)> committed);

    /// <summary>What is known of these accounts is not what the database has. Does not wait.</summary>
    void Forget(IReadOnlyCollection<AccountKey> accounts);
}

/// <summary>Each replica knows what it has read itself.</summary>
internal sealed class NothingShared : IProfileShare
{
    public Task<CommittedProfile?[]> FindAsync(IReadOnlyList<AccountKey> accounts, CancellationToken cancellationToken) => Task.FromResult(new CommittedProfile?[accounts.Count]);

    public void Put(IReadOnlyCollection<(AccountKey Account, CommittedProfile Profile)> committed)
    {
    }

    public void Forget(IReadOnlyCollection<AccountKey> accounts)
    {
    }
}
