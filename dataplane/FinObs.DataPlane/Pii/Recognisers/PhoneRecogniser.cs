using System.Text.RegularExpressions;

namespace FinObs.DataPlane.Pii.Recognisers;

/// <summary>Telephone numbers: international with a plus sign and 8 to 15 digits (ITU-T E.164), and those of the North American plan as they are written there.</summary>
internal sealed class PhoneRecogniser : IPiiRecogniser
{
    /// <summary>Time linear in the text, whatever stands in it.</summary>
    private const RegexOptions Linear = RegexOptions.CultureInvariant | RegexOptions.NonBacktracking;

    /// <summary>No country code begins with 0.</summary>
    private static readonly Regex International = new(@"\+[1-9](?:[ .\-/()]{0,2}[0-9]){7,14}", Linear);

    /// <summary>Area and exchange begin with 2 to 9; three groups, the first perhaps in parentheses.</summary>
    private static readonly Regex NorthAmerican = new(@"(?:1[ .\-])?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[ .\-])[2-9][0-9]{2}[ .\-][0-9]{4}", Linear);

    public void Find(string text, List<PiiMatch> matches)
    {
        if (text.Contains('+', StringComparison.Ordinal))
        {
            // A time's offset (12:00:00+02:00) has a digit before its sign.
            Add(International, text, "+", "", matches);
        }

        Add(NorthAmerican, text, ".-+", "-", matches);
    }

    private static void Add(Regex form, string text, string notBefore, string notAfter, List<PiiMatch> matches)
    {
        foreach (ValueMatch match in form.EnumerateMatches(text))
        {
            int end = match.Index + match.Length;
            if (TextMarks.FreeBefore(text, match.Index) && TextMarks.FreeAfter(text, end)
                && !(match.Index > 0 && notBefore.Contains(text[match.Index - 1], StringComparison.Ordinal)) && !(end < text.Length && notAfter.Contains(text[end], StringComparison.Ordinal)))
            {
                matches.Add(new PiiMatch(match.Index, match.Length, PiiKind.Phone));
            }
        }
    }
}
