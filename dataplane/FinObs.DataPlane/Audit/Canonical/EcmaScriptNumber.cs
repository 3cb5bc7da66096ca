using System.Buffers.Text;
using System.Globalization;

namespace FinObs.DataPlane.Audit.Canonical;

/// <summary>A double as ECMAScript's Number::toString writes it, which RFC 8785 section 3.2.2.3 demands. .NET finds the same shortest digits; only the layout differs.</summary>
internal static class EcmaScriptNumber
{
    /// <summary>The longest output: sign, "0.", five zeros and 17 digits, or sign, 17 digits with a point, "e-324".</summary>
    public const int MaxLength = 32;

    /// <summary>Writes <paramref name="value"/> and returns the length.</summary>
    /// <exception cref="ArgumentException">NaN and infinities have no JSON form.</exception>
    public static int Format(double value, Span<byte> destination)
    {
        if (!double.IsFinite(value)) throw new ArgumentException("NaN and infinities have no canonical JSON form.", nameof(value));
        if (value == 0) return Put(destination, "0"u8); // also negative zero

        Span<byte> shortest = stackalloc byte[MaxLength];
        if (!value.TryFormat(shortest, out var length, "R", CultureInfo.InvariantCulture)) throw new InvalidOperationException("A double's shortest form is longer than 32 bytes.");
        Span<byte> digits = stackalloc byte[MaxLength];
        var (count, point) = Split(shortest[..length], digits);

        var at = 0;
        if (value < 0) destination[at++] = (byte)'-';
        return at + Layout(digits[..count], point, destination[at..]);
    }

    /// <summary>Takes apart .NET's form: the value is 0.DIGITS × 10^point, DIGITS without zeros at either end.</summary>
    private static (int Count, int Point) Split(ReadOnlySpan<byte> text, Span<byte> digits)
    {
        var exponent = 0;
        var mark = text.IndexOf((byte)'E');
        if (mark >= 0)
        {
            var tail = text[(mark + 1)..];
            if (tail[0] == '+') tail = tail[1..];
            if (!Utf8Parser.TryParse(tail, out exponent, out _)) throw new InvalidOperationException("A double's shortest form has an unreadable exponent.");
            text = text[..mark];
        }
        int count = 0, point = 0;
        var seenPoint = false;
        foreach (var c in text)
        {
            if (c == '-') continue;
            if (c == '.') { seenPoint = true; continue; }
            if (c == '0' && count == 0) { if (seenPoint) point--; continue; }
            digits[count++] = c;
            if (!seenPoint) point++;
        }
        while (digits[count - 1] == '0') count--;
        return (count, point + exponent);
    }

    private static int Layout(ReadOnlySpan<byte> digits, int point, Span<byte> destination)
    {
        var k = digits.Length;
        if (point is > 0 and <= 21)
        {
            if (k <= point)
            {
                digits.CopyTo(destination);
                destination[k..point].Fill((byte)'0');
                return point;
            }
            digits[..point].CopyTo(destination);
            destination[point] = (byte)'.';
            digits[point..].CopyTo(destination[(point + 1)..]);
            return k + 1;
        }
        if (point is > -6 and <= 0)
        {
            Put(destination, "0."u8);
            destination.Slice(2, -point).Fill((byte)'0');
            digits.CopyTo(destination[(2 - point)..]);
            return 2 - point + k;
        }
        var at = 0;
        destination[at++] = digits[0];
        if (k > 1)
        {
            destination[at++] = (byte)'.';
            digits[1..].CopyTo(destination[at..]);
            at += k - 1;
        }
        destination[at++] = (byte)'e';
        destination[at++] = point > 0 ? (byte)'+' : (byte)'-';
        Utf8Formatter.TryFormat(Math.Abs(point - 1), destination[at..], out var written);
        return at + written;
    }

    private static int Put(Span<byte> destination, ReadOnlySpan<byte> text)
    {
        text.CopyTo(destination);
        return text.Length;
    }
}
