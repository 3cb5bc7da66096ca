using FinObs.DataPlane.Pii;

namespace FinObs.DataPlane.Tests.Pii;

/// <summary>Published examples: card networks' test numbers, the SWIFT IBAN registry, the SSA's rules, routing numbers of the Federal Reserve, RFC 5322, E.164 and the ranges kept for documentation (RFC 5737, RFC 3849, NANP 555-01XX).</summary>
public class RecogniserTests
{
    [Theory]
    [InlineData("4111111111111111", "Card")]
    [InlineData("4111 1111 1111 1111", "Card")]
    [InlineData("4111-1111-1111-1111", "Card")]
    [InlineData("5555555555554444", "Card")]
    [InlineData("2223003122003222", "Card")]
    [InlineData("378282246310005", "Card")]
    [InlineData("6011111111111117", "Card")]
    [InlineData("3530111333300000", "Card")]
    [InlineData("4222222222222", "Card")]
    [InlineData("DE89370400440532013000", "Iban")]
    [InlineData("DE89 3704 0044 0532 0130 00", "Iban")]
    [InlineData("GB29NWBK60161331926819", "Iban")]
    [InlineData("gb29 nwbk 6016 1331 9268 19", "Iban")]
    [InlineData("FR1420041010050500013M02606", "Iban")]
    [InlineData("NO9386011117947", "Iban")]
    [InlineData("MT84MALT011000012345MTLCAST001S", "Iban")]
    [InlineData("SA0380000000608010167519", "Iban")]
    [InlineData("CH9300762011623852957", "Iban")]
    [InlineData("078-05-1120", "Ssn")]
    [InlineData("219 09 9999", "Ssn")]
    [InlineData("021000021", "Aba")]
    [InlineData("011000015", "Aba")]
    [InlineData("121000358", "Aba")]
    [InlineData("john.smith@example.com", "Email")]
    [InlineData("user+tag@sub.example.co.uk", "Email")]
    [InlineData("disposable.style.email.with+symbol@example.com", "Email")]
    [InlineData("+12025550173", "Phone")]
    [InlineData("+1 202-555-0173", "Phone")]
    [InlineData("+44 20 7946 0958", "Phone")]
    [InlineData("(202) 555-0143", "Phone")]
    [InlineData("202-555-0143", "Phone")]
    [InlineData("202.555.0143", "Phone")]
    [InlineData("192.0.2.17", "Ip")]
    [InlineData("203.0.113.255", "Ip")]
    [InlineData("2001:db8::8a2e:370:7334", "Ip")]
    [InlineData("2001:0db8:85a3:0000:0000:8a2e:0370:7334", "Ip")]
    public void A_published_example_is_found_alone_and_in_a_sentence(string value, string kind)
    {
        foreach (string text in (string[])[value, $"paid by {value}, thanks", $"\"{value}\"", $"x={value}&y=1", $"({value})"])
        {
            PiiMatch match = Assert.Single(PiiGuard.Find(text));
            Assert.Equal((kind, value), (match.Kind.ToString(), text.Substring(match.Start, match.Length)));
        }
    }

    [Theory]
    [InlineData("4111111111111112")] // Luhn
    [InlineData("1767323045006")] // milliseconds since 1970
    [InlineData("1767323045006123")] // and microseconds
    [InlineData("01a224fa-9a65-7000-8000-38d7a8bf6198")]
    [InlineData("00000000-0000-7000-8001-000000000000")]
    [InlineData("d204aeefb44bd958151f6df9af98cc99")]
    [InlineData("DE88370400440532013000")] // modulo 97
    [InlineData("DE8937040044053201300")] // too short
    [InlineData("XX89370400440532013000")] // no country
    [InlineData("000-12-3456")]
    [InlineData("666-12-3456")]
    [InlineData("900-12-3456")]
    [InlineData("123-00-4567")]
    [InlineData("123-45-0000")]
    [InlineData("021000022")] // checksum
    [InlineData("999999999")] // no prefix
    [InlineData("user@localhost")]
    [InlineData("@handle and a@b")]
    [InlineData("2026-01-02T03:04:05.000006+02:00")]
    [InlineData("03:04:05")]
    [InlineData("127.0.0.1:5080")]
    [InlineData("http://[::1]:5080")]
    [InlineData("999.1.1.1")]
    [InlineData("1.2.3")]
    [InlineData("Namespace::Method")]
    [InlineData("amount 1234.56 USD of 9.3 x this account's 30-day mean")]
    [InlineData("finobs-built-in@1.0.0")]
    [InlineData("sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    public void What_only_looks_like_one_is_left_alone(string text) => Assert.Empty(PiiGuard.Find(text));
}
