using System.Text.Json;
using FinObs.DataPlane.Agents.Claims;

namespace FinObs.DataPlane.Tests.Agents;

/// <summary>Against the examples of RFC 6901, section 5.</summary>
public sealed class JsonPointerTests
{
    private const string Document = """{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}""";

    [Theory]
    [InlineData("", Document)]
    [InlineData("/foo", """["bar","baz"]""")]
    [InlineData("/foo/0", "\"bar\"")]
    [InlineData("/", "0")]
    [InlineData("/a~1b", "1")]
    [InlineData("/c%d", "2")]
    [InlineData("/e^f", "3")]
    [InlineData("/g|h", "4")]
    [InlineData("/i\\j", "5")]
    [InlineData("/k\"l", "6")]
    [InlineData("/ ", "7")]
    [InlineData("/m~0n", "8")]
    public void The_examples_of_the_standard_are_found(string path, string value) => Assert.Equal(value, Find(path)!.Value.GetRawText());

    [Theory]
    [InlineData("foo")]
    [InlineData("/bar")]
    [InlineData("/foo/2")]
    [InlineData("/foo/00")]
    [InlineData("/foo/-1")]
    [InlineData("/foo/-")]
    [InlineData("/foo/0/x")]
    [InlineData("/m~n")]
    [InlineData("/m~2n")]
    [InlineData("/m~")]
    public void What_names_nothing_is_not_found(string path) => Assert.Null(Find(path));

    /// <summary>Section 4: ~01 is the name ~1, because ~1 is undone first.</summary>
    [Fact]
    public void Escapes_are_undone_in_the_order_of_the_standard()
    {
        JsonElement root = JsonSerializer.Deserialize<JsonElement>("""{"~1":1,"/":2}""");
        Assert.Equal(1, JsonPointer.Find(root, "/~01")!.Value.GetInt32());
        Assert.Equal(2, JsonPointer.Find(root, "/~1")!.Value.GetInt32());
    }

    private static JsonElement? Find(string path) => JsonPointer.Find(JsonSerializer.Deserialize<JsonElement>(Document), path);
}
