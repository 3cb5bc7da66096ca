using FinObs.DataPlane.Outbox;

namespace FinObs.DataPlane.Tests.Outbox;

public class OutboxBlockTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Messages_come_back_as_they_were_in_their_order()
    {
        OutboxMessage[] messages =
        [
            Message(1) with { Topic = "decision.made", SubjectId = new Guid(9, 9, 9, new byte[8]), Traceparent = "00-c2c33d39ea627eccf817da3dd07236ce-0000000000000001-01" },
            Message(2) with { Topic = "decision.made", Traceparent = "00-c2c33d39ea627eccf817da3dd07236ce-00f067aa0ba902b7-00" },
            Message(3) with { LeafId = null, LeafHash = null },
            Message(4) with { Namespace = "other" },
            Message(5) with { Namespace = "other", CreatedAt = Now.AddSeconds(1) },
        ];
        List<OutboxBlock> blocks = OutboxBlock.Of(messages);
        Assert.Equal([2, 1, 1, 1], blocks.Select(block => block.Messages));
        OutboxMessage[] read = [.. blocks.SelectMany(block => block.Unpack())];
        Assert.Equal(messages.Select(Told), read.Select(Told));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("01-c2c33d39ea627eccf817da3dd07236ce-00f067aa0ba902b7-01")]
    [InlineData("00-c2c33d39ea627eccf817da3dd07236cX-00f067aa0ba902b7-01")]
    public void What_is_no_traceparent_of_version_00_is_left_out(string? traceparent) =>
        Assert.Null(OutboxBlock.Of([Message(1) with { Traceparent = traceparent }])[0].Unpack().Single().Traceparent);

    [Fact]
    public void Events_are_read_from_the_middle_of_a_block()
    {
        OutboxMessage[] messages = [.. Enumerable.Range(1, 5).Select(i => Message(i) with { Topic = "decision.made", SubjectId = new Guid(i, 0, 0, new byte[8]) })];
        EventBlock block = Assert.Single(EventBlock.Number(messages, 11));
        Assert.Equal((11, 15), (block.FirstId, block.LastId));
        Assert.Equal([14L, 15L], block.Unpack(afterId: 13).Select(e => e.EventId));
        Assert.Equal(messages[3].SubjectId, block.Unpack(afterId: 13).First().SubjectId);
        Assert.Equal(5, block.Unpack(afterId: 0).Count());
        Assert.Empty(block.Unpack(afterId: 15));
    }

    private static OutboxMessage Message(int number) => new()
    {
        Id = new Guid(number, 1, 1, new byte[8]),
        Namespace = "default",
        LeafId = new Guid(number, 2, 2, new byte[8]),
        LeafHash = [.. Enumerable.Repeat((byte)number, 32)],
        CreatedAt = Now,
    };

    private static string Told(OutboxMessage m) =>
        $"{m.Id} {m.Namespace} {m.Topic} {m.SubjectId} {m.LeafId} {(m.LeafHash is null ? null : Convert.ToHexString(m.LeafHash))} {m.CreatedAt:O} {m.Traceparent}";
}
