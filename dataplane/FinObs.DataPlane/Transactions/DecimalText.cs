namespace FinObs.DataPlane.Transactions;

/// <summary>A JSON number read digit by digit, never through a double: <c>10</c>, <c>10.0</c> and <c>1e1</c> are the same number.</summary>
internal ref struct DecimalText
{
    /// <summary>More significant digits than any field here can hold.</summary>
    public const int MaxDigits = 64;

    // An exponent beyond this cannot matter: every limit here is far inside.
    private const int ExponentClamp = 1_000_000;

    private readonly Span<char> _buffer;

    private DecimalText(Span<char> buffer) => _buffer = buffer;

    /// <summary>True for a minus sign, also before a zero.</summary>
    public bool IsNegative { get; private set; }

    /// <summary>Number of significant digits, without zeros at either end; 0 for zero.</summary>
    public int DigitCount { get; private set; }

    /// <summary>The value is the digits, read as an integer, times ten to this power.</summary>
    public int Exponent { get; private set; }

    /// <summary>There are more than <see cref="MaxDigits"/> significant digits; only <see cref="IntegerDigits"/> is then meaningful.</summary>
    public bool IsOverlong { get; private set; }

    /// <summary>The significant digits.</summary>
    public readonly ReadOnlySpan<char> Digits => _buffer[..DigitCount];

    /// <summary>Digits before the decimal point; zero or negative for a number below 0.1.</summary>
    public readonly int IntegerDigits => DigitCount + Exponent;

    /// <summary>Reads a number in JSON's grammar: no plus sign, no leading zeros, no separators, no blanks, no NaN.</summary>
    /// <param name="text">The number.</param>
    /// <param name="buffer">At least <see cref="MaxDigits"/> characters, used for the digits.</param>
    /// <param name="number">The number read.</param>
    public static bool TryRead(ReadOnlySpan<char> text, Span<char> buffer, out DecimalText number)
    {
        number = new DecimalText(buffer);
        int at = 0;
        if (at < text.Length && text[at] == '-')
        {
            number.IsNegative = true;
            at++;
        }

        if (!number.ReadMantissa(text, ref at, out int scale) || !TryReadExponent(text, ref at, out int power) || at != text.Length)
        {
            return false;
        }

        number.Exponent = number.DigitCount == 0 ? 0 : scale + power;
        return true;
    }

    private bool ReadMantissa(ReadOnlySpan<char> text, ref int at, out int scale)
    {
        int start = at;
        int zeros = ReadDigits(text, ref at, 0);
        scale = 0;
        int count = at - start;
        if (count == 0 || (count > 1 && text[start] == '0'))
        {
            return false;
        }

        if (at < text.Length && text[at] == '.')
        {
            start = ++at;
            zeros = ReadDigits(text, ref at, zeros);
            scale = -(at - start);
            if (scale == 0)
            {
                return false;
            }
        }

        scale += zeros;
        return true;
    }

    /// <returns>How many zeros stand after the last other digit, counted on from <paramref name="zeros"/>.</returns>
    private int ReadDigits(ReadOnlySpan<char> text, ref int at, int zeros)
    {
        for (; at < text.Length && char.IsAsciiDigit(text[at]); at++)
        {
            if (text[at] == '0')
            {
                zeros += DigitCount > 0 ? 1 : 0;
                continue;
            }

            if (DigitCount + zeros + 1 > MaxDigits)
            {
                // Not kept, but still counted as a zero: IntegerDigits stays right.
                IsOverlong = true;
                zeros++;
                continue;
            }

            _buffer.Slice(DigitCount, zeros).Fill('0');
            DigitCount += zeros;
            _buffer[DigitCount++] = text[at];
            zeros = 0;
        }

        return zeros;
    }

    private static bool TryReadExponent(ReadOnlySpan<char> text, ref int at, out int power)
    {
        power = 0;
        if (at == text.Length || text[at] is not ('e' or 'E'))
        {
            return true;
        }

        at++;
        bool negative = at < text.Length && text[at] == '-';
        if (at < text.Length && text[at] is '-' or '+')
        {
            at++;
        }

        int start = at;
        for (; at < text.Length && char.IsAsciiDigit(text[at]); at++)
        {
            power = Math.Min((power * 10) + (text[at] - '0'), ExponentClamp);
        }

        power = negative ? -power : power;
        return at > start;
    }
}
