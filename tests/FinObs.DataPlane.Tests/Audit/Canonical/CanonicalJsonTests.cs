using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using FinObs.DataPlane.Audit.Canonical;

namespace FinObs.DataPlane.Tests.Audit.Canonical;

public class CanonicalJsonTests
{
    /// <summary>RFC 8785, sections 3.2.2 and 3.2.4.</summary>
    [Fact]
    public void The_RFCs_example_becomes_the_RFCs_bytes()
    {
        const string Source = """
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """;
        const string Hex =
            "7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a5b3333333333333333332e333333333333332c31652b33302c342e352c302e3030322c31652d32375d2c22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d";
        Assert.Equal(Hex, Convert.ToHexStringLower(CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(Source))));
    }

    /// <summary>RFC 8785, section 3.2.3: by UTF-16 code units, so the smiley (a surrogate pair) comes before U+FB33.</summary>
    [Fact]
    public void Names_are_sorted_by_UTF16_code_units()
    {
        const string Source = """
            {
              "\u20ac": "Euro Sign",
              "\r": "Carriage Return",
              "\ufb33": "Hebrew Letter Dalet With Dagesh",
              "1": "One",
              "\ud83d\ude00": "Emoji: Grinning Face",
              "\u0080": "Control",
              "\u00f6": "Latin Small Letter O With Diaeresis"
            }
            """;
        using var canonical = JsonDocument.Parse(CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(Source)));
        Assert.Equal(
            ["Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign", "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh"],
            canonical.RootElement.EnumerateObject().Select(p => p.Value.GetString()));
    }

    [Theory]
    [InlineData("""{"a":1,"a":1}""")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"\udc00":1}""")]
    [InlineData("1e400")]
    [InlineData("{\"a\":1,}")]
    [InlineData("")]
    public void What_has_no_canonical_form_is_refused(string source)
    {
        Assert.ThrowsAny<JsonException>(() => CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(source)));
        Assert.False(CanonicalJson.IsCanonical(Encoding.UTF8.GetBytes(source)));
    }

    [Theory]
    [InlineData("""{"a": 1}"""), InlineData("""{"b":1,"a":1}"""), InlineData("""{"a":1.0}"""), InlineData("""{"a":"\u0041"}"""), InlineData("""{"a":"\/"}""")]
    public void Another_form_of_the_same_value_is_not_canonical(string source) => Assert.False(CanonicalJson.IsCanonical(Encoding.UTF8.GetBytes(source)));

    [Fact]
    public void Any_text_survives_and_any_canonical_form_is_its_own() =>
        Gen.String.Array.Select(Gen.Double, (texts, number) => (texts, number)).Sample((texts, number) =>
        {
            var names = texts.Where(t => !HasHalfPair(t)).Distinct().Order(StringComparer.Ordinal).ToList();
            var writer = new CanonicalJsonWriter();
            writer.BeginObject();
            foreach (var name in names)
            {
                writer.Name(name);
                writer.Value(name);
            }
            writer.EndObject();
            var bytes = writer.Written.ToArray();
            using var back = JsonDocument.Parse(bytes);
            Assert.Equal(names, back.RootElement.EnumerateObject().Select(p => p.Name));
            Assert.Equal(names, back.RootElement.EnumerateObject().Select(p => p.Value.GetString()));
            return CanonicalJson.IsCanonical(bytes) && (!double.IsFinite(number) || ReadsBack(number));
        });

    [Fact]
    public void Integers_decimals_times_and_ids_have_one_form_each()
    {
        var writer = new CanonicalJsonWriter();
        writer.BeginArray();
        writer.Value(long.MinValue);
        writer.Value(1.5000000000m);
        writer.Value(100.00m);
        writer.Value(-0.00m);
        writer.Value(0.0000000001m);
        writer.Value(79228162514264337593543950335m);
        writer.Value(new DateTimeOffset(2026, 1, 2, 4, 4, 5, TimeSpan.FromHours(1)).AddTicks(69));
        writer.Value(new Guid("0192F3A1-0000-7000-8000-00000000000A"));
        writer.Value(7);
        writer.Value(true);
        writer.Hex([0xAB, 0x01]);
        writer.Base64([0xff, 0xfe]);
        writer.Null();
        writer.EndArray();
        Assert.Equal(
            """["-9223372036854775808","1.5","100","0","0.0000000001","79228162514264337593543950335","2026-01-02T03:04:05.000006Z","0192f3a1-0000-7000-8000-00000000000a",7,true,"ab01","//4=",null]""",
            Encoding.UTF8.GetString(writer.Written));
    }

    [Theory]
    [InlineData("b", "a"), InlineData("a", "a"), InlineData("\uFB33", "\U0001F600")]
    public void A_writer_refuses_names_out_of_order(string first, string second)
    {
        var writer = new CanonicalJsonWriter();
        writer.BeginObject();
        writer.Name(first);
        writer.Value(1);
        Assert.Throws<InvalidOperationException>(() => writer.Name(second));
    }

    [Fact]
    public void A_writer_refuses_half_a_surrogate_pair()
    {
        var writer = new CanonicalJsonWriter();
        Assert.Throws<ArgumentException>(() => writer.Value("x\ud800"));
    }

    private static bool ReadsBack(double number)
    {
        var writer = new CanonicalJsonWriter();
        writer.Value(number);
        return double.Parse(Encoding.UTF8.GetString(writer.Written), CultureInfo.InvariantCulture) == number;
    }

    private static bool HasHalfPair(string text)
    {
        try
        {
            return new UTF8Encoding(false, true).GetByteCount(text) < 0;
        }
        catch (EncoderFallbackException)
        {
            return true;
        }
    }
}
