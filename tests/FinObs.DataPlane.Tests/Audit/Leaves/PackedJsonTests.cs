using System.Text;
using CsCheck;
using FinObs.DataPlane.Audit.Leaves;

namespace FinObs.DataPlane.Tests.Audit.Leaves;

public class PackedJsonTests
{
    private const string Leaf =
        """{"actor":"system:pipeline","at":"2026-11-24T16:10:28.882104Z","id":"01a20e52-ad00-7002-9990-f4d2e2189d54","kind":"decision.made","namespace":"default","payload":"2f6428b6fd2f3c20622d1e0461f49a52067b0066b62964f0c763d5a3cf89e91f","ref":"01a20e52-ac92-7000-800f-a2f626f80536","subject":"4de557cadee2a578d504b71bf326b1d5","trace":"c2c33d39ea627eccf817da3dd07236ce","v":1}""";

    private static readonly string[] Pieces =
    [
        "\"", "\\", "actor", "\"actor\"", "\"id\":\"", "01a20e52-ad00-7002-9990-f4d2e2189d54", "01A20E52-AD00-7002-9990-F4D2E2189D54", "0123456789abcdef", "abcde", "abcdef0",
        "c0ffee", "ü€", "\u0000", "\u0003", "-", "{}", new string('a', 600), "deadbeef-",
    ];

    [Fact]
    public void A_leaf_takes_little_more_than_half_its_bytes_and_comes_back()
    {
        byte[] json = Encoding.UTF8.GetBytes(Leaf);
        byte[] packed = PackedJson.Pack(json);
        Assert.InRange(packed.Length, 1, json.Length * 11 / 20);
        Assert.Equal(Leaf, Encoding.UTF8.GetString(PackedJson.Unpack(packed)));
    }

    [Fact]
    public void Whatever_was_packed_comes_back() => Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]).Array[0, 12]
        .Select(pieces => Encoding.UTF8.GetBytes(string.Concat(pieces)))
        .Sample(bytes => PackedJson.Unpack(PackedJson.Pack(bytes)).AsSpan().SequenceEqual(bytes), iter: 3_000);

    [Fact]
    public void So_do_any_bytes() =>
        Gen.Byte.Array[0, 200].Sample(bytes => PackedJson.Unpack(PackedJson.Pack(bytes)).AsSpan().SequenceEqual(bytes), iter: 3_000);

    /// <summary>A stored text is data from outside: it may be cut or changed.</summary>
    [Fact]
    public void Bytes_that_are_no_packed_text_are_refused_or_read_and_nothing_else_happens() => Gen.Byte.Array[0, 60].Sample(
        bytes =>
        {
            try
            {
                PackedJson.Unpack(bytes);
            }
            catch (FormatException)
            {
                Assert.Same(bytes, PackedJson.UnpackOrKeep(bytes));
            }
        },
        iter: 3_000);

    [Fact]
    public void The_number_of_a_word_never_changes()
    {
        Assert.Equal(0, PackedWords.IndexOf("actor"u8));
        Assert.Equal(10, PackedWords.IndexOf("decision"u8));
        Assert.Equal("\"finobs-built-in@1.0.0\"", Encoding.UTF8.GetString(PackedWords.Quoted(48)));
        Assert.Equal(-1, PackedWords.IndexOf("actors"u8));
    }
}
