using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.Testing;

namespace FinObs.DataPlane.Tests.Audit.Canonical;

public class EcmaScriptNumberTests
{
    /// <summary>RFC 8785, appendix B.</summary>
    [Theory]
    [InlineData(0x0000000000000000, "0")]
    [InlineData(0x8000000000000000, "0")]
    [InlineData(0x0000000000000001, "5e-324")]
    [InlineData(0x8000000000000001, "-5e-324")]
    [InlineData(0x7fefffffffffffff, "1.7976931348623157e+308")]
    [InlineData(0xffefffffffffffff, "-1.7976931348623157e+308")]
    [InlineData(0x4340000000000000, "9007199254740992")]
    [InlineData(0xc340000000000000, "-9007199254740992")]
    [InlineData(0x4430000000000000, "295147905179352830000")]
    [InlineData(0x44b52d02c7e14af5, "9.999999999999997e+22")]
    [InlineData(0x44b52d02c7e14af6, "1e+23")]
    [InlineData(0x44b52d02c7e14af7, "1.0000000000000001e+23")]
    [InlineData(0x444b1ae4d6e2ef4e, "999999999999999700000")]
    [InlineData(0x444b1ae4d6e2ef4f, "999999999999999900000")]
    [InlineData(0x444b1ae4d6e2ef50, "1e+21")]
    [InlineData(0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7")]
    [InlineData(0x3eb0c6f7a0b5ed8d, "0.000001")]
    [InlineData(0x41b3de4355555553, "333333333.3333332")]
    [InlineData(0x41b3de4355555554, "333333333.33333325")]
    [InlineData(0x41b3de4355555555, "333333333.3333333")]
    [InlineData(0x41b3de4355555556, "333333333.3333334")]
    [InlineData(0x41b3de4355555557, "333333333.33333343")]
    [InlineData(0xbecbf647612f3696, "-0.0000033333333333333333")]
    [InlineData(0x43143ff3c1cb0959, "1424953923781206.2")]
    public void The_published_samples_come_out_as_published(ulong bits, string expected) => Assert.Equal(expected, Format(BitConverter.UInt64BitsToDouble(bits)));

    [Theory]
    [InlineData(double.NaN), InlineData(double.PositiveInfinity), InlineData(double.NegativeInfinity)]
    public void What_is_not_a_number_is_refused(double value) => Assert.Throws<ArgumentException>(() => Format(value));

    /// <summary>
    /// The RFC's authors publish the SHA-256 of 100,000 lines "bits,text" over a deterministic sequence: fixed samples, then 2,000 consecutive doubles, then the doubles in a chain of SHA-256 over 32 zero bytes.
    /// </summary>
    [Fact]
    public void A_hundred_thousand_doubles_have_the_published_digest()
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var bits in Sequence().Take(100_000))
            digest.AppendData(Encoding.ASCII.GetBytes($"{bits:x},{Format(BitConverter.UInt64BitsToDouble(bits))}\n"));
        Assert.Equal("22776e6d4b49fa294a0d0f349268e5c28808fe7e0cb2bcbe28f63894e494d4c7", Convert.ToHexStringLower(digest.GetHashAndReset()));
    }

    private static IEnumerable<ulong> Sequence()
    {
        foreach (var line in File.ReadLines(Fixtures.FullPath("audit/es6_number_samples.txt"))) yield return Convert.ToUInt64(line, 16);
        for (var i = 0UL; i < 2000; i++) yield return 0x0010000000000000 + i;
        var block = new byte[32];
        while (true)
        {
            block = SHA256.HashData(block);
            for (var at = 0; at < block.Length; at += 8)
            {
                var bits = BinaryPrimitives.ReadUInt64LittleEndian(block.AsSpan(at));
                var value = BitConverter.UInt64BitsToDouble(bits);
                if (value != 0 && double.IsFinite(value)) yield return bits;
            }
        }
    }

    private static string Format(double value)
    {
        Span<byte> text = stackalloc byte[EcmaScriptNumber.MaxLength];
        return Encoding.ASCII.GetString(text[..EcmaScriptNumber.Format(value, text)]);
    }
}
