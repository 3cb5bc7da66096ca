namespace FinObs.DataPlane.Pii.Recognisers;

/// <summary>
/// United States social security numbers as they are written, AAA-GG-SSSS: an area that is not 000, 666 or from 900 on, a group that is not 00, a serial that is not 0000 (SSA, randomised since 2011). There is
/// no check digit, so nine digits without separators are told by the name of their field alone.
/// </summary>
internal sealed class SsnRecogniser : IPiiRecogniser
{
    private const int Length = 11;

    public void Find(string text, List<PiiMatch> matches)
    {
        for (int i = 0; i + Length <= text.Length; i++)
        {
            ReadOnlySpan<char> candidate = text.AsSpan(i, Length);
            if (IsWritten(candidate) && TextMarks.FreeBefore(text, i) && TextMarks.FreeAfter(text, i + Length) && !(i > 0 && text[i - 1] == '-') && !(i + Length < text.Length && text[i + Length] == '-'))
            {
                matches.Add(new PiiMatch(i, Length, PiiKind.Ssn));
                i += Length - 1;
            }
        }
    }

    private static bool IsWritten(ReadOnlySpan<char> text)
    {
        if (text[3] is not ('-' or ' ') || text[6] != text[3])
        {
            return false;
        }

        for (int i = 0; i < Length; i++)
        {
            if (i is not (3 or 6) && !char.IsAsciiDigit(text[i]))
            {
                return false;
            }
        }

        return text[..3] is not ("000" or "666") && text[0] != '9' && text[4..6] is not "00" && text[7..] is not "0000";
    }
}
