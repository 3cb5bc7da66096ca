using System.Text;
using System.Text.Json;
using CsCheck;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Tests.Transactions;

public sealed class CanonicalMetaTests
{
    [Theory]
    [InlineData("{}", "{}")]
    [InlineData("{ \"b\" : 1, \"a\" : [ true, null, \"x\" ] }", "{\"a\":[true,null,\"x\"],\"b\":1}")]
    [InlineData("{\"n\":[10,10.0,1e1,1E+1,100e-1,-0,0.0,0.10,-2.50]}", "{\"n\":[10,10,10,10,10,0,0,0.1,-2.5]}")]
    [InlineData("{\"n\":12345678901234567890.0123456789}", "{\"n\":12345678901234567890.0123456789}")]
    [InlineData("{\"n\":1e400}", "{\"n\":1e400}")]
    [InlineData("{\"\\u0061\":\"\\u00e9\\n\"}", "{\"a\":\"é\\n\"}")]
    public void An_object_has_one_form(string sent, string canonical) => Assert.Equal(canonical, Canonical(sent));

    [Theory]
    [InlineData("{\"a\":1,\"a\":1}", "duplicate_field")]
    [InlineData("{\"a\":{\"b\":1,\"\\u0062\":2}}", "duplicate_field")]
    [InlineData("{\"a\":\"x\\u0000\"}", "text_invalid")]
    [InlineData("{\"\\u0000\":1}", "text_invalid")]
    [InlineData("{\"a\":\"\\ud800\"}", "text_invalid")]
    [InlineData("{\"\\ud800\":1}", "text_invalid")]
    [InlineData("{\"a\":[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]}", null)]
    [InlineData("{\"a\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}", "too_deep")]
    public void What_cannot_be_kept_has_its_code(string sent, string? code) => Assert.Equal(code, Error(sent)?.Code);

    [Fact]
    public void Sixteen_kilobytes_are_kept_and_no_more()
    {
        Assert.Null(Error($"{{\"a\":\"{new string('x', 16_000)}\"}}"));
        Assert.Equal("meta_too_large", Error($"{{\"a\":\"{new string('x', 17_000)}\"}}")?.Code);
        Assert.Equal("meta_too_large", Error($"{{\"a\":[{string.Join(',', Enumerable.Repeat("1", 9000))}]}}")?.Code);
    }

    [Fact]
    public void A_number_of_a_hundred_digits_is_to_be_a_string() => Assert.Equal("wrong_type", Error($"{{\"a\":{new string('7', 100)}}}")?.Code);

    [Fact]
    public void The_canonical_form_is_its_own_canonical_form_and_says_the_same() =>
        Gen.Dictionary(Gen.String[Gen.Char["abc\"\\/\u00e9\u2028"], 0, 4], Gen.Double)[0, 6].Sample(members =>
        {
            Dictionary<string, double> finite = members.Where(m => double.IsFinite(m.Value)).ToDictionary(m => m.Key, m => m.Value, StringComparer.Ordinal);

            string once = Canonical(JsonSerializer.Serialize(finite));

            Assert.Equal(once, Canonical(once));
            Assert.Equal(finite, JsonSerializer.Deserialize<Dictionary<string, double>>(once));
        });

    private static string Canonical(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        reader.Read();
        Assert.Null(CanonicalMeta.TryRead(reader, 16, out byte[]? canonical));
        return Encoding.UTF8.GetString(canonical!);
    }

    private static ItemError? Error(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        reader.Read();
        return CanonicalMeta.TryRead(reader, 16, out _);
    }
}
