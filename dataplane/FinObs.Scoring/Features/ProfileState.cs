using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FinObs.Scoring.Features;

/// <summary>The bytes of an <see cref="AccountProfile"/>, exactly as they are stored: 252 of them, little-endian, no padding.</summary>
/// <remarks>Floats, not doubles: what is stored is what is computed with, so a profile that went through the database gives the same bits.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct ProfileState
{
    public byte Version;
    public byte Unused;
    public ushort AlsoUnused;

    /// <summary>Transactions ever observed; stops counting at its greatest value.</summary>
    public uint Transactions;

    /// <summary>Unix microseconds of the newest transaction: the instant that the windows are decayed to.</summary>
    public long Newest;

    /// <summary>Unix microseconds of the oldest.</summary>
    public long Oldest;

    /// <summary>Per window of <see cref="DecayWindows"/>: decayed number of transactions, of amounts, and of squared amounts.</summary>
    public PerWindow Counts;
    public PerWindow Sums;
    public PerWindow Squares;

    /// <summary>Moments of ln(1 + amount) over all types.</summary>
    public Moments Amounts;

    /// <summary>The same for each of the account's four most frequent types.</summary>
    public TypeSlots Types;

    /// <summary>Decayed number of transactions per three hours of the local day.</summary>
    public PerBin Bins;

    /// <summary>How often a transaction that named its counterparty named a new one: weight and share.</summary>
    public float NoveltyWeight;
    public float NoveltyShare;

    /// <summary>Fingerprints of the last 32 different counterparties, the most recent first; 0 = free.</summary>
    public KnownCounterparties Known;

    [InlineArray(DecayWindows.Count)]
    public struct PerWindow
    {
        private float _first;
    }

    [InlineArray(4)]
    public struct TypeSlots
    {
        private TypeSlot _first;
    }

    [InlineArray(LocalHour.Bins)]
    public struct PerBin
    {
        private float _first;
    }

    [InlineArray(32)]
    public struct KnownCounterparties
    {
        private ushort _first;
    }

    /// <summary>One type of the account: 32 bits of its hash (0 = free) and the moments of its amounts.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    public struct TypeSlot
    {
        public uint Type;
        public Moments Amounts;
    }
}
