using System.Buffers;
using System.Globalization;
using System.Text;
using FinObs.DataPlane.Demo.Simulation;

namespace FinObs.Benchmarks.Load;

/// <summary>
/// Transactions of the simulated bank as JSON, written before a clock starts. Each has an id of fixed width at a fixed place, which is
/// written over when it is sent: one text can be sent many times, as another transaction.
/// </summary>
internal sealed class TransactionCorpus
{
    /// <summary>Where the digits of the id begin in an item.</summary>
    public const int IdOffset = 24;

    public const int IdDigits = 12;

    private const string Head = "{\"transaction_id\":\"load-";

    // A simulated bank has about so many accounts a transaction of its hundred days.
    private const double AccountsPerTransaction = 0.136;

    private readonly IEnumerator<SimulatedTransaction> _transactions;

    /// <param name="accounts">About how many accounts the bank has.</param>
    /// <param name="transactions">How many will be asked for, at most: the last one comes to lie before today.</param>
    /// <param name="today">Its day is the end of time.</param>
    public TransactionCorpus(int accounts, long transactions, DateTimeOffset today)
    {
        SimulatedBank bank = new(Simulator.DefaultSeed, (int)(accounts / AccountsPerTransaction));
        int days = (int)(transactions / bank.PerDay * 1.1) + 3;
        Accounts = bank.Regulars.Count + bank.OccasionalAccounts;
        _transactions = Simulator.Generate(bank, new DateTimeOffset(today.UtcDateTime.Date, TimeSpan.Zero).AddDays(-days)).GetEnumerator();
    }

    public int Accounts { get; }

    /// <summary>The next transactions, in time order.</summary>
    public Items Take(int count)
    {
        ArrayBufferWriter<byte> bytes = new(count * 256);
        int[] ends = new int[count];
        for (int i = 0; i < count; i++)
        {
            _transactions.MoveNext();
            Encoding.UTF8.GetBytes(Json(_transactions.Current), bytes);
            ends[i] = bytes.WrittenCount;
        }

        return new Items(bytes.WrittenSpan.ToArray(), ends);
    }

    public void Skip(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _transactions.MoveNext();
        }
    }

    /// <summary>One JSON array of the next transactions, with ids from <paramref name="firstId"/> on.</summary>
    public byte[] TakeArray(int count, long firstId) => TakeJoined(count, firstId, "["u8, (byte)',', "]"u8);

    /// <summary>The next transactions, a line each, with ids from <paramref name="firstId"/> on.</summary>
    public byte[] TakeLines(int count, long firstId) => TakeJoined(count, firstId, [], (byte)'\n', "\n"u8);

    /// <summary>Writes an id over the one of an item.</summary>
    public static void WriteId(Span<byte> item, long id)
    {
        for (int i = IdOffset + IdDigits - 1; i >= IdOffset; i--)
        {
            (id, long digit) = Math.DivRem(id, 10);
            item[i] = (byte)('0' + digit);
        }
    }

    /// <summary>The number in a <c>transaction_id</c> of ours.</summary>
    public static long NumberOf(string transactionId) => long.Parse(transactionId.AsSpan("load-".Length), NumberStyles.None, CultureInfo.InvariantCulture);

    private byte[] TakeJoined(int count, long firstId, ReadOnlySpan<byte> open, byte separator, ReadOnlySpan<byte> close)
    {
        Items items = Take(count);
        byte[] body = new byte[open.Length + items.Bytes + (count - 1) + close.Length];
        open.CopyTo(body);
        int at = open.Length;
        for (int i = 0; i < count; i++)
        {
            Span<byte> item = items[i];
            WriteId(item, firstId + i);
            item.CopyTo(body.AsSpan(at));
            at += item.Length;
            if (i < count - 1)
            {
                body[at++] = separator;
            }
        }

        close.CopyTo(body.AsSpan(at));
        return body;
    }

    private static string Json(SimulatedTransaction t) =>
        $$"""{{Head}}000000000000","account":"{{t.AccountId}}","counterparty":"{{t.CounterpartyId}}","type":"{{t.Type}}","amount":{{t.Amount}},"currency":"{{t.Currency}}","direction":"{{(t.IsCredit ? "credit" : "debit")}}","timestamp":"{{t.Timestamp:yyyy-MM-ddTHH:mm:ssZ}}"}""";

    /// <summary>Items back to back.</summary>
    internal sealed class Items(byte[] bytes, int[] ends)
    {
        public int Count => ends.Length;

        public int Bytes => bytes.Length;

        public Span<byte> this[int index]
        {
            get
            {
                int start = index == 0 ? 0 : ends[index - 1];
                return bytes.AsSpan(start, ends[index] - start);
            }
        }
    }
}
