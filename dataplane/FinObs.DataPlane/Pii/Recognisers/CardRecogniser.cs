namespace FinObs.DataPlane.Pii.Recognisers;

/// <summary>Payment card numbers: 13 to 19 digits with the check digit of ISO/IEC 7812-1 (Luhn), beginning with 2 to 6 as those of payment and travel cards do. Spaces and hyphens may stand between digits.</summary>
internal sealed class CardRecogniser : IPiiRecogniser
{
    private const int Least = 13;
    private const int Most = 19;

    public void Find(string text, List<PiiMatch> matches)
    {
        Span<char> digits = stackalloc char[Most];
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsAsciiDigit(text[i]) || (i > 0 && (TextMarks.IsWord(text[i - 1]) || (text[i - 1] is '.' && i > 1 && char.IsAsciiDigit(text[i - 2])))))
            {
                continue;
            }

            (int count, int end) = TextMarks.Digits(text, i, digits);
            if (count is >= Least and <= Most && text[i] is >= '2' and <= '6' && TextMarks.FreeAfter(text, end) && IsLuhn(digits[..count]))
            {
                matches.Add(new PiiMatch(i, end - i, PiiKind.Card));
            }

            i = end - 1;
        }
    }

    /// <summary>Every second digit from the right is doubled, minus nine where that exceeds nine; the sum is a multiple of ten.</summary>
    public static bool IsLuhn(ReadOnlySpan<char> digits)
    {
        int sum = 0;
        for (int i = 0; i < digits.Length; i++)
        {
            int digit = digits[^(i + 1)] - '0';
            int weighted = i % 2 == 0 ? digit : 2 * digit;
            sum += weighted > 9 ? weighted - 9 : weighted;
        }

        return sum % 10 == 0;
    }
}
