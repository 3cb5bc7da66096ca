using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace FinObs.Scoring.Features;

/// <summary>What an account looked like just before a transaction, in the few numbers that reason texts need; stored with the decision so that they can be written later.</summary>
/// <param name="Transactions">Transactions before this one; 0 = no history, or no account named.</param>
/// <param name="HistoryDays">Days between the account's oldest transaction and this one; at least 0.</param>
/// <param name="MeanAmount30Days">Mean amount of the last 30 days (decayed), base currency; NaN where there was none.</param>
/// <param name="Count30Days">Number of transactions in them (decayed).</param>
/// <param name="Count24Hours">Number of transactions in the last 24 hours (decayed).</param>
/// <param name="Sum24Hours">Their amounts, base currency.</param>
/// <param name="Count1Hour">Number of transactions in the last hour (decayed).</param>
/// <param name="TypeTransactions">Transactions of this type that are remembered (at most 200).</param>
/// <param name="TypeTypicalAmount">Their typical (geometric mean) amount, base currency; NaN where there was none.</param>
/// <param name="UsualHours">Bit i = the account is usually active from 3 i to 3 i + 3 o'clock.</param>
/// <param name="Counterparty">What is known of the counterparty.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct AccountBaseline(
    long Transactions,
    float HistoryDays,
    float MeanAmount30Days,
    float Count30Days,
    float Count24Hours,
    float Sum24Hours,
    float Count1Hour,
    float TypeTransactions,
    float TypeTypicalAmount,
    byte UsualHours,
    CounterpartyKnowledge Counterparty)
{
    /// <summary>Bytes of <see cref="ToBytes"/>.</summary>
    public const int Size = 40;

    private const byte FormatVersion = 1;

    /// <summary>Share of an account's transactions from which on three hours of the day are usual: half of an even spread.</summary>
    private const double UsualShare = 0.0625;

    /// <summary>The baseline of an account at a transaction that its profile has not observed yet.</summary>
    public static AccountBaseline From(in TransactionFacts facts, AccountProfile profile)
    {
        ref readonly ProfileState state = ref profile.State;
        if (!facts.HasAccount || state.Transactions == 0)
        {
            return new AccountBaseline(0, 0, float.NaN, 0, 0, 0, 0, 0, float.NaN, 0, CounterpartyKnowledge.None);
        }

        long instant = AccountProfile.Microseconds(facts.OccurredAt);
        Decay left = ActivityWindow.DecayAt(in state, instant);
        var hour = new ActivityWindow(in state, DecayWindows.Hour, left.Hour);
        var day = new ActivityWindow(in state, DecayWindows.Day, left.Day);
        var month = new ActivityWindow(in state, DecayWindows.Month, left.Month);
        Moments type = TypeTable.Find(state.Types, TypeTable.KeyOf(facts.Type, facts.IsCredit));
        return new AccountBaseline(
            state.Transactions,
            (float)(Math.Max(0, instant - state.Oldest) / 8.64e10),
            month.IsEmpty ? float.NaN : (float)(month.Sum / month.Count),
            (float)month.Count,
            (float)day.Count,
            (float)day.Sum,
            (float)hour.Count,
            type.Weight,
            type.Weight < 1 ? float.NaN : (float)(Math.Exp(type.Mean) - 1),
            UsualBins(state.Bins),
            KnowledgeOf(facts.CounterpartyHash, in state));
    }

    /// <summary><see cref="Size"/> bytes, little-endian; the first is the format's version.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        bytes[0] = FormatVersion;
        bytes[1] = UsualHours;
        bytes[2] = (byte)Counterparty;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), (uint)Math.Clamp(Transactions, 0, uint.MaxValue));
        ReadOnlySpan<float> numbers = [HistoryDays, MeanAmount30Days, Count30Days, Count24Hours, Sum24Hours, Count1Hour, TypeTransactions, TypeTypicalAmount];
        for (int i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(8 + (4 * i)), numbers[i]);
        }

        return bytes;
    }

    /// <summary>A baseline from its bytes.</summary>
    /// <exception cref="FormatException">The bytes are of a version this code does not know, or cut short.</exception>
    public static AccountBaseline FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size || bytes[0] != FormatVersion)
        {
            throw new FormatException($"A stored account baseline is not {Size} bytes of format {FormatVersion}.");
        }

        return new AccountBaseline(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
            Number(bytes, 0),
            Number(bytes, 1),
            Number(bytes, 2),
            Number(bytes, 3),
            Number(bytes, 4),
            Number(bytes, 5),
            Number(bytes, 6),
            Number(bytes, 7),
            bytes[1],
            (CounterpartyKnowledge)bytes[2]);

        static float Number(ReadOnlySpan<byte> bytes, int index) => BinaryPrimitives.ReadSingleLittleEndian(bytes[(8 + (4 * index))..]);
    }

    private static byte UsualBins(ReadOnlySpan<float> bins)
    {
        double total = 0;
        foreach (float count in bins)
        {
            total += count;
        }

        int usual = 0;
        for (int bin = 0; bin < bins.Length; bin++)
        {
            usual |= bins[bin] >= UsualShare * total ? 1 << bin : 0;
        }

        return (byte)usual;
    }

    private static CounterpartyKnowledge KnowledgeOf(ulong hash, in ProfileState state) =>
        hash == 0 ? CounterpartyKnowledge.None
        : CounterpartyMemory.Knows(state.Known, hash) ? CounterpartyKnowledge.Known
        : CounterpartyKnowledge.New;
}

/// <summary>What an account's profile knows of a counterparty.</summary>
public enum CounterpartyKnowledge
{
    /// <summary>None was named, or there is no history to know it from.</summary>
    None = 0,

    /// <summary>Not among the last 32 different ones.</summary>
    New = 1,

    /// <summary>Among them.</summary>
    Known = 2,
}
