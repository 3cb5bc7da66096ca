using FinObs.Scoring.Features;

namespace FinObs.Scoring.Tests.Features;

public sealed class AccountBaselineTests
{
    [Fact]
    public void It_holds_what_the_account_looked_like_before()
    {
        var baseline = AccountBaseline.From(Given.Card(500), Given.Daily(90, 41.20));
        Assert.Equal(90, baseline.Transactions);
        Assert.Equal(90, baseline.HistoryDays, 1e-3);
        Assert.Equal(41.20, baseline.MeanAmount30Days, 1e-4);
        Assert.Equal(41.20, baseline.TypeTypicalAmount, 1e-2);
        Assert.Equal(90, baseline.TypeTransactions);
        Assert.Equal(CounterpartyKnowledge.Known, baseline.Counterparty);
        Assert.Equal(1 << 4, baseline.UsualHours);
        Assert.InRange(baseline.Count24Hours, 0.3, 0.7);
    }

    [Fact]
    public void It_goes_through_bytes()
    {
        foreach (AccountProfile profile in (AccountProfile[])[new(), Given.Daily(1), Given.Daily(90)])
        {
            var baseline = AccountBaseline.From(Given.Card(counterparty: "stranger"), profile);
            byte[] bytes = baseline.ToBytes();
            Assert.Equal(AccountBaseline.Size, bytes.Length);
            Assert.Equal(baseline, AccountBaseline.FromBytes(bytes));
        }
    }

    [Fact]
    public void Other_bytes_are_refused()
    {
        Assert.Throws<FormatException>(() => AccountBaseline.FromBytes([]));
        Assert.Throws<FormatException>(() => AccountBaseline.FromBytes(new byte[AccountBaseline.Size]));
    }

    [Fact]
    public void Without_an_account_there_is_none()
    {
        var baseline = AccountBaseline.From(Given.Card() with { HasAccount = false }, Given.Daily(90));
        Assert.Equal(0, baseline.Transactions);
        Assert.True(float.IsNaN(baseline.MeanAmount30Days));
    }

    [Fact]
    public void Looking_at_an_account_allocates_nothing()
    {
        AccountProfile profile = Given.Daily(40);
        TransactionFacts facts = Given.Card();
        AccountBaseline.From(in facts, profile);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            AccountBaseline.From(in facts, profile);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
