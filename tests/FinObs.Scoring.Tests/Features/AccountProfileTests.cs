using CsCheck;
using FinObs.Scoring.Features;

namespace FinObs.Scoring.Tests.Features;

public sealed class AccountProfileTests
{
    private static readonly TimeZoneInfo Utc = TimeZoneInfo.Utc;

    [Fact]
    public void A_profile_that_went_through_bytes_goes_on_bit_equal() =>
        Given.AnyFacts.Array[1, 60].Sample(stream =>
        {
            var kept = new AccountProfile();
            var stored = new AccountProfile();
            foreach (TransactionFacts facts in stream)
            {
                kept.Observe(in facts, Utc);
                stored = AccountProfile.FromBytes(stored.ToBytes());
                stored.Observe(in facts, Utc);
            }

            Assert.Equal(kept.ToBytes(), stored.ToBytes());
        }, iter: 200);

    [Fact]
    public void Its_size_does_not_grow_with_history()
    {
        byte[] bytes = Given.Daily(5_000).ToBytes();
        Assert.Equal(AccountProfile.Size, bytes.Length);
        Assert.True(bytes.Length <= 256);
        Assert.Equal(AccountProfile.FormatVersion, bytes[0]);
    }

    [Fact]
    public void Bytes_of_another_version_cut_short_or_damaged_are_refused_with_the_reason()
    {
        byte[] bytes = Given.Daily(3).ToBytes();
        byte[] other = [.. bytes];
        other[0] = 9;
        Assert.Contains("format version 9", Assert.Throws<FormatException>(() => AccountProfile.FromBytes(other)).Message);
        Assert.Contains("252", Assert.Throws<FormatException>(() => AccountProfile.FromBytes(bytes.AsSpan(0, 100))).Message);
        Assert.Throws<FormatException>(() => AccountProfile.FromBytes([]));

        byte[] damaged = [.. bytes];
        BitConverter.TryWriteBytes(damaged.AsSpan(24), float.NaN);
        Assert.Contains("damaged", Assert.Throws<FormatException>(() => AccountProfile.FromBytes(damaged)).Message);
    }

    [Fact]
    public void A_late_transaction_never_decays_the_past()
    {
        AccountProfile profile = Given.Daily(10);
        float[] before = profile.State.Counts[..].ToArray();
        long newest = profile.State.Newest;
        profile.Observe(Given.Card(at: Given.Noon.AddDays(-1).AddHours(-24)), Utc);

        Assert.Equal(newest, profile.State.Newest);
        Assert.Equal(before[DecayWindows.Day] + Math.Exp(-1), profile.State.Counts[DecayWindows.Day], 1e-6);
        Assert.Equal(before[DecayWindows.Hour], profile.State.Counts[DecayWindows.Hour], 1e-6);
    }

    [Fact]
    public void Windows_hold_the_same_in_whatever_order_transactions_arrive()
    {
        DateTimeOffset[] times = [Given.Noon, Given.Noon.AddHours(3), Given.Noon.AddHours(5), Given.Noon.AddDays(2)];
        var ordered = new AccountProfile();
        var shuffled = new AccountProfile();
        foreach (int i in (int[])[0, 1, 2, 3])
            ordered.Observe(Given.Card(10 + i, times[i]), Utc);
        foreach (int i in (int[])[3, 1, 0, 2])
            shuffled.Observe(Given.Card(10 + i, times[i]), Utc);

        for (int window = 0; window < DecayWindows.Count; window++)
        {
            Assert.Equal(ordered.State.Counts[window], shuffled.State.Counts[window], 1e-5);
            Assert.Equal(ordered.State.Sums[window], shuffled.State.Sums[window], 1e-4);
        }

        Assert.Equal((ordered.State.Newest, ordered.State.Oldest), (shuffled.State.Newest, shuffled.State.Oldest));
    }

    [Fact]
    public void At_a_steady_rate_a_window_holds_what_a_sliding_one_would()
    {
        var profile = new AccountProfile();
        for (int hour = 0; hour < 24 * 365; hour++)
        {
            profile.Observe(Given.Card(7, Given.Noon.AddHours(hour)), Utc);
        }

        Assert.Equal(24, profile.State.Counts[DecayWindows.Day], 0.6);
        Assert.Equal(7 * 24, profile.State.Counts[DecayWindows.Week], 0.6);
        Assert.Equal(30 * 24, profile.State.Counts[DecayWindows.Month], 0.6);
        Assert.Equal(7, profile.State.Sums[DecayWindows.Month] / profile.State.Counts[DecayWindows.Month], 1e-3);
        Assert.Equal(49, profile.State.Squares[DecayWindows.Month] / profile.State.Counts[DecayWindows.Month], 1e-2);
    }

    [Fact]
    public void Decay_is_the_exponential_of_age_over_length()
    {
        const long Hours = 3_600_000_000;
        Decay left = DecayWindows.After(36 * Hours);
        Assert.Equal(Math.Exp(-36), left.Hour, 1e-24);
        Assert.Equal(Math.Exp(-1.5), left.Day, 1e-14);
        Assert.Equal(Math.Exp(-36.0 / 168), DecayWindows.WeekAfter(36 * Hours), 1e-14);
        Assert.Equal(Math.Exp(-0.05), left.Month, 1e-14);
    }

    [Fact]
    public void Transactions_of_one_instant_all_count_in_full()
    {
        var profile = new AccountProfile();
        for (int i = 0; i < 5; i++)
        {
            profile.Observe(Given.Card(20), Utc);
        }

        Assert.Equal(5, profile.Transactions);
        Assert.Equal(5, profile.State.Counts[DecayWindows.Hour]);
        Assert.Equal(100, profile.State.Sums[DecayWindows.Hour]);
    }

    [Fact]
    public void A_gap_of_centuries_empties_the_windows_and_keeps_the_habits()
    {
        AccountProfile profile = Given.Daily(100);
        profile.Observe(Given.Card(at: Given.Noon.AddYears(900)), Utc);
        Assert.Equal(1, profile.State.Counts[DecayWindows.Month]);
        Assert.Equal(101, profile.State.Amounts.Weight);
        Assert.Equal(profile.ToBytes(), AccountProfile.FromBytes(profile.ToBytes()).ToBytes());
    }

    [Fact]
    public void A_clone_has_a_life_of_its_own()
    {
        AccountProfile profile = Given.Daily(3);
        byte[] before = profile.ToBytes();
        AccountProfile clone = profile.Clone();
        clone.Observe(Given.Card(), Utc);
        Assert.Equal(before, profile.ToBytes());
        Assert.NotEqual(before, clone.ToBytes());
    }

    [Fact]
    public void It_remembers_the_last_32_different_counterparties()
    {
        var profile = new AccountProfile();
        for (int i = 0; i < 40; i++)
        {
            profile.Observe(Given.Card(counterparty: "landlord"), Utc);
            profile.Observe(Given.Card(counterparty: $"shop {i}"), Utc);
        }

        Assert.True(CounterpartyMemory.Knows(profile.State.Known, StableHash.Of("landlord")));
        Assert.True(CounterpartyMemory.Knows(profile.State.Known, StableHash.Of("shop 9")));
        Assert.False(CounterpartyMemory.Knows(profile.State.Known, StableHash.Of("shop 8")));
    }

    [Fact]
    public void Its_most_frequent_types_keep_their_place_among_many_rare_ones()
    {
        var profile = new AccountProfile();
        for (int i = 0; i < 400; i++)
        {
            string type = (i % 4) switch { 0 => "card", 1 => "wire", 2 => "card", _ => $"rare_{i}" };
            profile.Observe(Given.Card(type: type, amount: type == "wire" ? 1000 : 10), Utc);
        }

        Assert.True(TypeTable.Find(profile.State.Types, TypeTable.KeyOf("card", false)).Weight > 150);
        Moments wire = TypeTable.Find(profile.State.Types, TypeTable.KeyOf("wire", false));
        Assert.Equal(Math.Log(1001), wire.Mean, 1e-4);
        Assert.Equal(0, TypeTable.Find(profile.State.Types, TypeTable.KeyOf("card", true)).Weight);
    }

    [Fact]
    public void A_run_of_frauds_does_not_become_the_habit_at_once()
    {
        var random = new Random(3);
        var moments = new Moments();
        for (int i = 0; i < 100; i++)
        {
            moments.Add(4 + (0.3 * (random.NextDouble() - 0.5)));
        }

        float before = moments.Mean;
        for (int i = 0; i < 5; i++)
        {
            moments.Add(9);
        }

        Assert.Equal(before, moments.Mean, 0.05);
        for (int i = 0; i < 2_000; i++)
        {
            moments.Add(9);
        }

        Assert.Equal(9, moments.Mean, 0.2);
    }

    [Fact]
    public void Moments_of_few_values_are_mean_and_population_variance()
    {
        var moments = new Moments();
        foreach (double value in (double[])[2, 4, 4, 4, 5, 5, 7, 9])
        {
            moments.Add(value);
        }

        Assert.Equal(5, moments.Mean, 1e-6);
        Assert.Equal(4, moments.Variance, 1e-5);
    }

    [Fact]
    public void Observing_allocates_nothing()
    {
        AccountProfile profile = Given.Daily(40);
        TransactionFacts facts = Given.Card();
        TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Vienna");
        profile.Observe(in facts, zone);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            profile.Observe(in facts, zone);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
