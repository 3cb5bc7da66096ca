using FinObs.DataPlane.Demo;
using FinObs.DataPlane.Demo.Simulation;

namespace FinObs.DataPlane.Tests.Demo;

public sealed class DemoHistoryTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 22, 46, 10, 500, TimeSpan.Zero);

    [Fact]
    public void It_ends_when_the_demo_was_first_started()
    {
        IReadOnlyList<SimulatedTransaction> history = DemoHistory.EndingAt(Now, 5_000).Transactions();

        Assert.Equal(5_000, history.Count);
        Assert.InRange(history[^1].Timestamp, Now.AddHours(-6), Now);
        Assert.InRange((history[^1].Timestamp - history[0].Timestamp).TotalDays, 85, 120);
    }

    [Fact]
    public void Any_of_its_ids_gives_the_same_history_again()
    {
        DemoHistory history = DemoHistory.EndingAt(Now, 2_000);

        DemoHistory? again = DemoHistory.OfId(history.Transactions()[1_234].TransactionId);

        Assert.Equal(history, again);
        Assert.Equal(history.Transactions(), again!.Transactions());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("x")]
    [InlineData("demo-1-2")]
    [InlineData("demo-a-b-c")]
    public void Another_id_gives_none(string? id) => Assert.Null(DemoHistory.OfId(id));
}
