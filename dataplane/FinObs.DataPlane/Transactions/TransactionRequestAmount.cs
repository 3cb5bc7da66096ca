using System.Globalization;

namespace FinObs.DataPlane.Transactions;

/// <summary>The amount's rules: exact, greater than zero, at most a billion, at most ten decimals (decimal(28,10)).</summary>
internal static class TransactionRequestAmount
{
    /// <summary>A single transaction above this is a typing error or minor units sent as major ones.</summary>
    public const decimal Max = 1_000_000_000m;

    public const int MaxDecimals = 10;

    private static readonly ItemError Missing = new(
        ItemErrorCodes.AmountMissing, "The amount is missing: send \"amount\" as a number or a numeric string, for example 149.90.");

    private static readonly ItemError Invalid = new(
        ItemErrorCodes.AmountInvalid,
        "The amount is not a number: send a finite plain number such as 149.90 (no NaN, no separators, no currency sign, no leading zeros).");

    private static readonly ItemError NotPositive = new(
        ItemErrorCodes.AmountNotPositive, "The amount must be greater than zero: send its absolute value and say \"direction\": \"credit\" or \"debit\".");

    private static readonly ItemError TooLarge = new(
        ItemErrorCodes.AmountTooLarge, "The amount is above 1,000,000,000: check that it is in major units, or split the transaction.");

    private static readonly ItemError TooPrecise = new(
        ItemErrorCodes.AmountTooPrecise, "The amount has more than 10 decimals: round it to at most 10.");

    /// <summary>Reads an amount.</summary>
    /// <returns>What is wrong with it; <see langword="null"/> where nothing is.</returns>
    public static ItemError? TryRead(string? text, out decimal amount)
    {
        amount = 0;
        if (text is null)
        {
            return Missing;
        }

        if (!DecimalText.TryRead(text, stackalloc char[DecimalText.MaxDigits], out DecimalText number))
        {
            return Invalid;
        }

        if (number.IsNegative || number.DigitCount == 0)
        {
            return NotPositive;
        }

        if (number.IntegerDigits > 10)
        {
            return TooLarge;
        }

        if (number.IsOverlong || number.Exponent < -MaxDecimals)
        {
            return TooPrecise;
        }

        amount = ToDecimal(number);
        return amount > Max ? TooLarge : null;
    }

    // At most 20 digits here: fits a UInt128 and a decimal without rounding. No trailing zeros, so equal amounts have equal bits.
    private static decimal ToDecimal(DecimalText number)
    {
        decimal digits = decimal.Parse(number.Digits, NumberStyles.None);
        return number.Exponent >= 0 ? digits * PowerOfTen(number.Exponent) : new decimal(Bits(digits, -number.Exponent));
    }

    private static decimal PowerOfTen(int power)
    {
        decimal result = 1;
        for (int i = 0; i < power; i++) result *= 10;
        return result;
    }

    private static int[] Bits(decimal integer, int scale)
    {
        int[] bits = decimal.GetBits(integer);
        bits[3] = scale << 16;
        return bits;
    }
}
