using System.Globalization;
using CsCheck;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Tests.Transactions;

public sealed class TransactionRequestAmountTests
{
    [Theory]
    [InlineData("10", "10")]
    [InlineData("10.0", "10")]
    [InlineData("1e1", "10")]
    [InlineData("1E+1", "10")]
    [InlineData("100e-1", "10")]
    [InlineData("0.0000000001", "0.0000000001")]
    [InlineData("1e-10", "0.0000000001")]
    [InlineData("1.00000000000000000000000000000000000000000000000000000000000000000000000000", "1")]
    [InlineData("0.1", "0.1")]
    [InlineData("999999999.9999999999", "999999999.9999999999")]
    [InlineData("1000000000", "1000000000")]
    [InlineData("1e9", "1000000000")]
    [InlineData("1000000000000e-3", "1000000000")]
    public void Every_spelling_of_a_number_is_one_exact_amount(string text, string expected)
    {
        Assert.Null(TransactionRequestAmount.TryRead(text, out decimal amount));

        Assert.Equal(expected, amount.ToString(CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(null, "amount_missing")]
    [InlineData("", "amount_invalid")]
    [InlineData("NaN", "amount_invalid")]
    [InlineData("Infinity", "amount_invalid")]
    [InlineData("-Infinity", "amount_invalid")]
    [InlineData("ten", "amount_invalid")]
    [InlineData("1,234.50", "amount_invalid")]
    [InlineData("$5", "amount_invalid")]
    [InlineData(" 5", "amount_invalid")]
    [InlineData("+5", "amount_invalid")]
    [InlineData("007", "amount_invalid")]
    [InlineData(".5", "amount_invalid")]
    [InlineData("5.", "amount_invalid")]
    [InlineData("5e", "amount_invalid")]
    [InlineData("0x10", "amount_invalid")]
    [InlineData("٣", "amount_invalid")]
    [InlineData("0", "amount_not_positive")]
    [InlineData("-0", "amount_not_positive")]
    [InlineData("0e999999999999", "amount_not_positive")]
    [InlineData("-12.50", "amount_not_positive")]
    [InlineData("1000000000.01", "amount_too_large")]
    [InlineData("1e10", "amount_too_large")]
    [InlineData("1e999999999999", "amount_too_large")]
    [InlineData("99999999999999999999999999999999999999999999999999999999999999999999999999999", "amount_too_large")]
    [InlineData("0.00000000001", "amount_too_precise")]
    [InlineData("1e-999999999999", "amount_too_precise")]
    [InlineData("0.33333333333333333333333333333333333333333333333333333333333333333333333333333333", "amount_too_precise")]
    public void What_is_not_an_amount_has_its_code(string? text, string code) =>
        Assert.Equal(code, TransactionRequestAmount.TryRead(text, out _)?.Code);

    [Fact]
    public void Any_amount_within_the_rules_comes_back_exactly() =>
        Gen.Select(Gen.Long[1, 1_000_000_000L * 10_000], Gen.Int[0, 10]).Sample((digits, scale) =>
        {
            decimal amount = new decimal(digits) / Power(scale);
            if (amount > TransactionRequestAmount.Max) return;

            Assert.Null(TransactionRequestAmount.TryRead(amount.ToString(CultureInfo.InvariantCulture), out decimal read));
            Assert.Equal(amount, read);
        });

    [Fact]
    public void Any_text_gives_an_amount_or_an_error_and_the_spelling_with_an_exponent_the_same() =>
        Gen.Char["0123456789.eE+-"].Array[0, 12].Select(c => new string(c)).Sample(text =>
        {
            ItemError? error = TransactionRequestAmount.TryRead(text, out decimal amount);

            if (error is null)
            {
                Assert.Equal(decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture), amount);
                Assert.Null(TransactionRequestAmount.TryRead($"{amount}e0", out decimal again));
                Assert.Equal(amount, again);
            }
        });

    private static decimal Power(int scale) => Enumerable.Repeat(10m, scale).Aggregate(1m, (a, b) => a * b);
}
