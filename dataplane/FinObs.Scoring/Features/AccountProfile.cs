using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FinObs.Scoring.Features;

/// <summary>What is remembered of one account: 252 bytes whatever its history, O(1) a transaction, nothing that names a person.</summary>
/// <remarks>
/// Decayed counts, sums and squares over 1 h, 24 h, 7 d and 30 d; moments of the log amount, overall and for its four most frequent types; its hours of the day;
/// fingerprints of its last 32 different counterparties. A transaction that is older than the newest one seen counts with the weight its age leaves it, and
/// does not move the clock: the past is never decayed backwards. Not thread-safe: whoever scores an account holds its profile.
/// </remarks>
public sealed class AccountProfile
{
    /// <summary>Bytes of <see cref="ToBytes"/>.</summary>
    public const int Size = 252;

    /// <summary>Version of the format, the first byte.</summary>
    public const byte FormatVersion = 1;

    /// <summary>Transactions that the hours of the day and the share of new counterparties remember.</summary>
    internal const float HabitMemory = 200;

    private ProfileState _state;

    /// <summary>A profile without history.</summary>
    public AccountProfile() => _state.Version = FormatVersion;

    private AccountProfile(in ProfileState state) => _state = state;

    /// <summary>Transactions observed so far.</summary>
    public long Transactions => _state.Transactions;

    internal ref readonly ProfileState State => ref _state;

    /// <summary>A copy with a life of its own.</summary>
    public AccountProfile Clone() => new(in _state);

    /// <summary>The state, <see cref="Size"/> bytes, little-endian; the first is <see cref="FormatVersion"/>.</summary>
    public byte[] ToBytes()
    {
        RequireLittleEndian();
        var bytes = new byte[Size];
        MemoryMarshal.Write(bytes, in _state);
        return bytes;
    }

    /// <summary>A profile from its bytes.</summary>
    /// <exception cref="FormatException">The bytes are of a version this code does not know, cut short, or hold numbers that no history gives.</exception>
    public static AccountProfile FromBytes(ReadOnlySpan<byte> bytes)
    {
        RequireLittleEndian();
        if (bytes.IsEmpty || bytes[0] != FormatVersion)
        {
            string version = bytes.IsEmpty ? "no" : $"format version {bytes[0]}";
            throw new FormatException($"An account profile with {version} bytes was stored; this version reads format {FormatVersion}. Rebuild the profiles from history.");
        }

        if (bytes.Length != Size)
        {
            throw new FormatException($"An account profile has {Size} bytes, not {bytes.Length}. Rebuild the profiles from history.");
        }

        var profile = new AccountProfile(in MemoryMarshal.AsRef<ProfileState>(bytes));
        return ProfileCheck.IsSound(in profile._state) ? profile : throw new FormatException("An account profile is damaged. Rebuild the profiles from history.");
    }

    /// <summary>Takes in a transaction, after it was scored.</summary>
    /// <param name="facts">The transaction; without a usable amount it counts, but its amount does not.</param>
    /// <param name="zone">Zone of the hour of day, the deployment's.</param>
    public void Observe(in TransactionFacts facts, TimeZoneInfo zone)
    {
        long instant = Microseconds(facts.OccurredAt);
        bool first = _state.Transactions == 0;
        double? amount = AmountScale.Usable(facts.AmountInBase);
        ObserveWindows(first ? 0 : instant - _state.Newest, amount ?? 0);
        _state.Newest = first ? instant : Math.Max(_state.Newest, instant);
        _state.Oldest = first ? instant : Math.Min(_state.Oldest, instant);
        if (amount is { } known)
        {
            double log = AmountScale.Log(known);
            _state.Amounts.Add(log);
            TypeTable.Observe(_state.Types, TypeTable.KeyOf(facts.Type, facts.IsCredit), log);
        }

        ObserveBin(LocalHour.Bin(LocalHour.Of(facts.OccurredAt, zone)));
        if (facts.CounterpartyHash != 0)
        {
            ObserveCounterparty(facts.CounterpartyHash);
        }

        _state.Transactions = _state.Transactions == uint.MaxValue ? uint.MaxValue : _state.Transactions + 1;
    }

    internal static long Microseconds(DateTimeOffset instant) => (instant.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    private static void RequireLittleEndian()
    {
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Account profiles are stored little-endian; this machine is not.");
        }
    }

    /// <param name="elapsed">Microseconds since the newest transaction; negative for a late one, which then counts less instead of ageing the others.</param>
    /// <param name="amount">Amount in the base currency.</param>
    private void ObserveWindows(long elapsed, double amount)
    {
        Vector256<double> left = elapsed > 0 ? AllWindows(elapsed) : Vector256<double>.One;
        Vector256<double> weight = elapsed < 0 ? AllWindows(-elapsed) : Vector256<double>.One;
        Vector256<double> weighted = weight * amount;
        Decayed(_state.Counts, left, weight);
        Decayed(_state.Sums, left, weighted);
        Decayed(_state.Squares, left, weighted * amount);
    }

    /// <summary>Factors in the order of <see cref="DecayWindows"/>.</summary>
    private static Vector256<double> AllWindows(long elapsed)
    {
        Decay left = DecayWindows.After(elapsed);
        return Vector256.Create(left.Hour, left.Day, DecayWindows.WeekAfter(elapsed), left.Month);
    }

    /// <summary>The four windows side by side: in double, as float at the end, each exactly as it would be alone.</summary>
    private static void Decayed(Span<float> windows, Vector256<double> left, Vector256<double> more)
    {
        Vector128<float> values = Vector128.Create<float>(windows);
        (Vector128<double> low, Vector128<double> high) = Vector128.Widen(values);
        Vector256<double> next = (Vector256.Create(low, high) * left) + more;
        Vector128.Narrow(next.GetLower(), next.GetUpper()).CopyTo(windows);
    }

    private void ObserveBin(int bin)
    {
        if (_state.Transactions >= HabitMemory)
        {
            Span<float> bins = _state.Bins;
            (Vector256.Create<float>(bins) * (1 - (1 / HabitMemory))).CopyTo(bins);
        }

        _state.Bins[bin] += 1;
    }

    private void ObserveCounterparty(ulong hash)
    {
        bool known = CounterpartyMemory.Observe(_state.Known, hash);
        float weight = Math.Min(_state.NoveltyWeight + 1, HabitMemory);
        _state.NoveltyWeight = weight;
        _state.NoveltyShare += ((known ? 0 : 1) - _state.NoveltyShare) / weight;
    }
}
