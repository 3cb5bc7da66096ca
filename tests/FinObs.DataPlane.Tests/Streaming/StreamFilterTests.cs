using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Streaming;

namespace FinObs.DataPlane.Tests.Streaming;

public class StreamFilterTests
{
    private static readonly StreamedDecision Flagged = new(1, Guid.Empty, Decision.Review, 0.991, "fraud@1.2.0", "a-1", default);
    private static readonly StreamedDecision Unscored = new(2, Guid.Empty, Decision.Review, null, "unavailable", null, default);
    private static readonly StreamedDecision Fine = new(3, Guid.Empty, Decision.Approve, 0.2, "fraud@1.2.0", "a-2", default);

    [Fact]
    public void Without_a_filter_everything_is_wanted() => Assert.All([Flagged, Unscored, Fine], item => Assert.True(Of(new Asked()).Wants(item)));

    [Fact]
    public void Each_filter_narrows()
    {
        Assert.Equal([1, 2], Wanted(new Asked { FlaggedOnly = "true" }));
        Assert.Equal([3], Wanted(new Asked { Decision = "approve,block" }));
        Assert.Equal([1], Wanted(new Asked { Account = "a-1" }));
        Assert.Equal([1, 3], Wanted(new Asked { Model = "fraud" }));
        Assert.Equal([1, 3], Wanted(new Asked { Model = "fraud@1.2.0" }));
        Assert.Empty(Wanted(new Asked { Model = "fraud@1.2" }));
        Assert.Empty(Wanted(new Asked { Model = "fra" }));
        Assert.Equal([1], Wanted(new Asked { MinScore = "0.99" }));
        Assert.Equal([1], Wanted(new Asked { Decision = "manual_review", MinScore = "0" }));
    }

    [Theory]
    [InlineData("yes", null, null, "flagged_only")]
    [InlineData(null, "deny", null, "decision")]
    [InlineData(null, "block,,approve", null, "decision")]
    [InlineData(null, null, "2", "min_score")]
    [InlineData(null, null, "NaN", "min_score")]
    public void What_is_wrong_is_named(string? flaggedOnly, string? decision, string? minScore, string named)
    {
        (StreamFilter? filter, string? problem) = Query(new Asked { FlaggedOnly = flaggedOnly, Decision = decision, MinScore = minScore }).Check();

        Assert.Null(filter);
        Assert.StartsWith(named, problem, StringComparison.Ordinal);
    }

    private static long[] Wanted(Asked asked) => [.. new[] { Flagged, Unscored, Fine }.Where(Of(asked).Wants).Select(item => item.EventId)];

    private static StreamFilter Of(Asked asked) => Query(asked).Check().Filter!;

    private static StreamQuery Query(Asked asked) => new(null, asked.FlaggedOnly, asked.Decision, asked.Account, asked.Model, asked.MinScore, null);

    private sealed record Asked
    {
        public string? FlaggedOnly { get; init; }

        public string? Decision { get; init; }

        public string? Account { get; init; }

        public string? Model { get; init; }

        public string? MinScore { get; init; }
    }
}
