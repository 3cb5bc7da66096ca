using System.IO.Compression;
using System.Text;
using FinObs.DataPlane.Demo;
using FinObs.DataPlane.Demo.Simulation;
using FinObs.DataPlane.Transactions;
using FinObs.Testing;

namespace FinObs.DataPlane.Tests.Demo;

public sealed class SimulatorTests
{
    private const int Count = 20_000;

    private static readonly Lazy<SimulatedTransaction[]> All = new(() => [.. Simulator.Generate(Simulator.DefaultSeed, Count, Simulator.DefaultStart)]);

    [Fact]
    public void The_committed_sample_is_what_the_simulator_makes()
    {
        using var file = new GZipStream(System.IO.File.OpenRead(RepositoryRoot.Combine("samples/transactions.csv.gz")), CompressionMode.Decompress);
        using var committed = new MemoryStream();
        file.CopyTo(committed);
        var made = new StringWriter();
        SimulatedCsv.Write(made, All.Value);

        Assert.True(committed.ToArray().AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(made.ToString())), "run: dotnet run --project dataplane/FinObs.DataPlane -- simulate --out samples/transactions.csv.gz --rows 20000");
    }

    [Fact]
    public void The_same_seed_gives_the_same_and_another_seed_another()
    {
        Assert.Equal(All.Value[..500], Simulator.Generate(Simulator.DefaultSeed, Count, Simulator.DefaultStart).Take(500));
        Assert.NotEqual(All.Value[..500].Select(t => t.Amount), Simulator.Generate(7, Count, Simulator.DefaultStart).Take(500).Select(t => t.Amount));
    }

    [Fact]
    public void They_come_in_time_order_with_ids_of_their_own()
    {
        Assert.True(All.Value.Zip(All.Value.Skip(1)).All(pair => pair.First.Timestamp <= pair.Second.Timestamp));
        Assert.Equal(Count, All.Value.Select(t => t.TransactionId).Distinct(StringComparer.Ordinal).Count());
        Assert.InRange((All.Value[^1].Timestamp - All.Value[0].Timestamp).TotalDays, 85, 120);
    }

    [Fact]
    public void Every_one_passes_validation()
    {
        var context = new TransactionRequestContext(All.Value[^1].Timestamp, null, 0);

        Assert.All(All.Value, t => Assert.IsType<TransactionItem.Valid>(DemoRequests.Of(t).Validate(context)));
    }

    [Fact]
    public void About_one_in_150_is_a_fraud_of_every_kind()
    {
        Assert.InRange(All.Value.Count(t => t.IsFraud) / (double)Count, 0.004, 0.012);
        Assert.Equal(5, All.Value.Select(t => t.Scenario).Distinct().Count());
    }

    [Fact]
    public void Dollars_and_cards_are_the_most()
    {
        Assert.Equal("USD", All.Value.CountBy(t => t.Currency).MaxBy(c => c.Value).Key);
        Assert.Equal("card", All.Value.CountBy(t => t.Type).MaxBy(c => c.Value).Key);
        Assert.Superset(new HashSet<string>(["ach", "wire_transfer", "internal", "crypto", "direct_debit"], StringComparer.Ordinal), All.Value.Select(t => t.Type).ToHashSet(StringComparer.Ordinal));
        Assert.All(All.Value.Where(t => t.Currency == "JPY"), t => Assert.Equal(decimal.Truncate(t.Amount), t.Amount));
    }

    [Fact]
    public void Salaries_come_every_month_and_amounts_have_a_heavy_tail()
    {
        IGrouping<string, SimulatedTransaction>[] salaries = [.. All.Value.Where(t => t.CounterpartyId.EndsWith("-payroll", StringComparison.Ordinal)).GroupBy(t => t.AccountId)];
        Assert.All(salaries, s => Assert.InRange(s.Count(), 2, 4));
        Assert.All(salaries, s => Assert.Single(s.Select(t => t.Amount).Distinct()));

        decimal[] cards = [.. All.Value.Where(t => t is { Type: "card", Currency: "USD" }).Select(t => t.Amount).Order()];
        Assert.True(cards[(int)(cards.Length * 0.999)] > 20 * cards[cards.Length / 2]);
    }

    [Fact]
    public void Structuring_stays_just_below_ten_thousand()
    {
        var account = new RegularAccount(1, Enumerable.Range(0, 100).First(i => new RegularAccount(1, i).Currency == "USD"));
        SimulatedTransaction[] campaign = [.. FraudCampaigns.Structuring(account, Simulator.DefaultStart, TimeSpan.FromHours(11), new SimulationRandom(3))];

        Assert.All(campaign[..^1], t => Assert.InRange(t.Amount, 9_000m, 9_999m));
        Assert.All(campaign[..^1], t => Assert.True(t is { Type: "cash_in", IsCredit: true }));
        Assert.True(campaign[^1] is { Type: "wire_transfer", IsCredit: false });
    }

    [Fact]
    public void A_mule_is_paid_by_many_and_passes_it_on()
    {
        SimulatedTransaction[] campaign = [.. FraudCampaigns.MuleFanIn(new RegularAccount(1, 0), Simulator.DefaultStart, TimeSpan.FromHours(1), new SimulationRandom(3))];

        Assert.Equal(campaign.Length, campaign.Select(t => t.CounterpartyId).Distinct(StringComparer.Ordinal).Count());
        Assert.InRange(campaign[^1].Amount, campaign[..^1].Sum(t => t.Amount) * 0.85m, campaign[..^1].Sum(t => t.Amount));
    }

    [Fact]
    public void Live_traffic_is_of_this_moment_and_now_and_then_a_fraud()
    {
        var bank = new SimulatedBank(Simulator.DefaultSeed, Count);
        var traffic = new LiveTraffic(bank, run: 1);
        DateTimeOffset start = Simulator.DefaultStart;

        SimulatedTransaction[] live = [.. Enumerable.Range(0, 20_000).Select(i => traffic.Next(start.AddSeconds(i)))];

        Assert.All(live.Index(), t => Assert.Equal(start.AddSeconds(t.Index), t.Item.Timestamp));
        Assert.InRange(live.Count(t => t.IsFraud) / (double)live.Length, 0.002, 0.02);
        Assert.Equal(live.Length, live.Select(t => t.TransactionId).Distinct(StringComparer.Ordinal).Count());
    }
}
