namespace FinObs.DataPlane.Pii.Recognisers;

/// <summary>Routing numbers of the American Bankers Association: nine digits, a Federal Reserve prefix, and weights 3, 7, 1 that sum to a multiple of ten.</summary>
internal sealed class AbaRecogniser : IPiiRecogniser
{
    private const int Length = 9;

    public void Find(string text, List<PiiMatch> matches)
    {
        for (int i = 0; i + Length <= text.Length; i++)
        {
            ReadOnlySpan<char> candidate = text.AsSpan(i, Length);
            if (candidate.ContainsAnyExceptInRange('0', '9'))
            {
                continue;
            }

            int end = i + Length;
            bool alone = TextMarks.FreeBefore(text, i) && TextMarks.FreeAfter(text, end) && !(i > 0 && text[i - 1] is '.' or '-') && !(end < text.Length && text[end] is '.' or '-' && end + 1 < text.Length && char.IsAsciiDigit(text[end + 1]));
            if (alone && IsValid(candidate))
            {
                matches.Add(new PiiMatch(i, Length, PiiKind.Aba));
                i = end - 1;
            }
        }
    }

    public static bool IsValid(ReadOnlySpan<char> digits)
    {
        int sum = 0;
        for (int i = 0; i < Length; i++)
        {
            sum += (digits[i] - '0') * (i % 3 == 0 ? 3 : i % 3 == 1 ? 7 : 1);
        }

        int prefix = ((digits[0] - '0') * 10) + (digits[1] - '0');
        return sum > 0 && sum % 10 == 0 && prefix is (>= 0 and <= 12) or (>= 21 and <= 32) or (>= 61 and <= 72) or 80;
    }
}
