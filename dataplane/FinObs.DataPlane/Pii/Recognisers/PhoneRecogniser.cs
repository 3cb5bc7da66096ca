using System.Text.RegularExpressions;

namespace FinObs.DataPlane.Pii.Recognisers;

/// <summary>Telephone numbers: international with a plus sign and 8 to 15 digits (ITU-T E.164), and those of the North American plan as they are written there.</summary>
internal sealed partial class PhoneRecogniser : IPiiRecogniser
{
    private const int LeastDigits = 8;
    private const int MostDigits = 15;

    public void Find(string text, List<PiiMatch> matches)
    {
        foreach (ValueMatch match in International().EnumerateMatches(text))
        {
            int digits = 0;
            foreach (char c in text.AsSpan(match.Index, match.Length))
            {
                digits += char.IsAsciiDigit(c) ? 1 : 0;
            }

            if (digits is >= LeastDigits and <= MostDigits)
            {
                matches.Add(new PiiMatch(match.Index, match.Length, PiiKind.Phone));
            }
        }

        foreach (ValueMatch match in NorthAmerican().EnumerateMatches(text))
        {
            matches.Add(new PiiMatch(match.Index, match.Length, PiiKind.Phone));
        }
    }

    /// <summary>No country code begins with 0. Times with an offset (12:00:00+02:00) have a digit before the sign.</summary>
    [GeneratedRegex(@"(?<![\w+])\+[1-9](?:[ .\-/()]{0,2}[0-9]){7,14}(?![\w])", RegexOptions.CultureInvariant)]
    private static partial Regex International();

    /// <summary>Area and exchange begin with 2 to 9; three groups, the first perhaps in parentheses.</summary>
    [GeneratedRegex(@"(?<![\w.\-+])(?:1[ .\-])?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[ .\-])[2-9][0-9]{2}[ .\-][0-9]{4}(?![\w\-])", RegexOptions.CultureInvariant)]
    private static partial Regex NorthAmerican();
}
