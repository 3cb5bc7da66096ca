using FinObs.DataPlane.Outbox;

namespace FinObs.DataPlane.Tests.Outbox;

public class OrderedIdsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Ids_of_one_millisecond_keep_their_order_and_are_version_7()
    {
        var (ids, random) = (new OrderedIds(), new byte[OrderedIds.RandomBytes]);
        Array.Fill(random, (byte)0xff);
        var made = Enumerable.Range(0, 5000).Select(_ => ids.Next(Now, random)).ToList();
        Assert.Equal(made.Order(), made);
        Assert.Equal(5000, made.Distinct().Count());
        Assert.All(made, id => Assert.Equal((7, 0b1000), (id.Version, id.Variant & 0b1100)));
        Assert.Equal(Guid.CreateVersion7(Now).ToString()[..13], made[0].ToString()[..13]);
    }

    [Fact]
    public void A_clock_that_goes_back_does_not_take_the_ids_with_it()
    {
        var (ids, random) = (new OrderedIds(), new byte[OrderedIds.RandomBytes]);
        var first = ids.Next(Now, random);
        Assert.True(ids.Next(Now.AddSeconds(-5), random) > first);
    }

    [Fact]
    public async Task Threads_never_get_the_same_counter()
    {
        var (ids, random) = (new OrderedIds(), new byte[OrderedIds.RandomBytes]);
        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Enumerable.Range(0, 2000).Select(_ => ids.Next(Now, random)).ToList())));
        Assert.Equal(8000, made.SelectMany(m => m).Distinct().Count());
    }
}
