using FinObs.Scoring.Features;

namespace FinObs.Scoring.Training;

/// <summary>Transactions in memory, in time order, accounts as dense numbers: what training and evaluation replay. About 120 bytes a row.</summary>
public sealed class TransactionTable
{
    /// <summary>Account number of a transaction that names no account.</summary>
    public const int NoAccount = -1;

    private readonly List<Entry> _entries = [];
    private readonly Dictionary<string, int> _accounts = new(StringComparer.Ordinal);
    private bool _ordered = true;

    /// <summary>Number of transactions.</summary>
    public int Count => _entries.Count;

    /// <summary>Number of different accounts.</summary>
    public int Accounts => _accounts.Count;

    /// <summary>Takes in a transaction.</summary>
    public void Add(TransactionCsvItem.Row row)
    {
        _ordered &= _entries.Count == 0 || row.Timestamp >= _entries[^1].Timestamp;
        _entries.Add(new Entry(
            row.TransactionId, AccountOf(row.AccountId), row.Type, row.Currency, row.Timestamp, row.Amount, StableHash.Of(row.CounterpartyId), row.Label));
    }

    /// <summary>Puts the transactions into time order; equal instants keep theirs. Returns whether they were in order before.</summary>
    public bool Sort()
    {
        bool ordered = _ordered;
        if (!ordered)
        {
            Entry[] sorted = [.. _entries.OrderBy(entry => entry.Timestamp)];
            _entries.Clear();
            _entries.AddRange(sorted);
            _ordered = true;
        }

        return ordered;
    }

    /// <summary>The most frequent currency of the first rows; of equally frequent ones the first by name. <c>XXX</c> where there are none.</summary>
    public string MainCurrency(int first) =>
        _entries.Take(first).CountBy(entry => entry.Currency).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).FirstOrDefault().Key ?? "XXX";

    /// <summary>Id of a transaction as its file says.</summary>
    public string IdAt(int index) => _entries[index].Id;

    /// <summary>Dense number of its account, or <see cref="NoAccount"/>.</summary>
    public int AccountAt(int index) => _entries[index].Account;

    /// <summary>Known outcome.</summary>
    public bool? LabelAt(int index) => _entries[index].Label;

    /// <summary>What features may know of it.</summary>
    public TransactionFacts FactsAt(int index, string baseCurrency, ExchangeRates rates)
    {
        Entry entry = _entries[index];
        return new TransactionFacts(
            entry.Type,
            entry.Timestamp,
            rates.ToBase(Math.Abs(entry.Amount), entry.Currency, baseCurrency, DateOnly.FromDateTime(entry.Timestamp.UtcDateTime)),
            entry.Amount < 0,
            entry.Counterparty,
            entry.Account != NoAccount);
    }

    private int AccountOf(string? id)
    {
        if (id is null)
        {
            return NoAccount;
        }

        if (!_accounts.TryGetValue(id, out int account))
        {
            account = _accounts.Count;
            _accounts.Add(id, account);
        }

        return account;
    }

    private sealed record Entry(string Id, int Account, string Type, string Currency, DateTimeOffset Timestamp, decimal Amount, ulong Counterparty, bool? Label);
}
