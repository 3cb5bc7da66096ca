using System.Text;
using FinObs.DataPlane.Audit.Verification;

namespace FinObs.DataPlane.Tests.Audit.Verification;

public class PayloadComparisonTests
{
    private const string Proven = """{"decision":{"reasons":["a"],"score":0.5},"transaction":{"amount":"12","type":"card"},"v":1}""";

    [Theory]
    [InlineData("""{"decision":{"reasons":["a"],"score":0.6},"transaction":{"amount":"12","type":"card"},"v":1}""", "'decision.score'")]
    [InlineData("""{"decision":{"reasons":["b"],"score":0.5},"transaction":{"amount":"13","type":"card"},"v":1}""", "'decision.reasons', 'transaction.amount'")]
    [InlineData("""{"decision":null,"transaction":{"amount":"12","type":"card"},"v":1}""", "'decision'")]
    [InlineData("""{"decision":{"reasons":["a"],"score":0.5},"transaction":{"amount":"12"},"v":1,"x":true}""", "'transaction.type', 'x'")]
    public void The_innermost_members_that_differ_are_named_without_their_values(string live, string members) =>
        Assert.StartsWith($"the row differs from the proven payload in {members} (", PayloadComparison.Describe(Encoding.UTF8.GetBytes(Proven), Encoding.UTF8.GetBytes(live)), StringComparison.Ordinal);

    [Theory]
    [InlineData("not json"), InlineData("[1]"), InlineData("")]
    public void What_is_no_object_is_placed_by_its_first_byte(string live) =>
        Assert.Contains("from byte 0 on", PayloadComparison.Describe(Encoding.UTF8.GetBytes(Proven), Encoding.UTF8.GetBytes(live)), StringComparison.Ordinal);
}
