using System.Collections.Frozen;

namespace FinObs.DataPlane.Pii.Recognisers;

/// <summary>International bank account numbers (ISO 13616): the country's length, and a remainder of 1 modulo 97. Spaces may stand between groups.</summary>
internal sealed class IbanRecogniser : IPiiRecogniser
{
    private const int Longest = 34;

    /// <summary>Lengths of the SWIFT IBAN registry.</summary>
    private static readonly FrozenDictionary<string, int> Lengths =
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
            .Split(' ').ToFrozenDictionary(entry => entry[..2], entry => int.Parse(entry[2..], System.Globalization.CultureInfo.InvariantCulture), StringComparer.Ordinal);

    public void Find(string text, List<PiiMatch> matches)
    {
        Span<char> compact = stackalloc char[Longest];
        for (int i = 0; i + 15 <= text.Length; i++)
        {
            if (!char.IsAsciiLetter(text[i]) || !char.IsAsciiLetter(text[i + 1]) || !char.IsAsciiDigit(text[i + 2]) || !char.IsAsciiDigit(text[i + 3]) || !TextMarks.FreeBefore(text, i)
                || !Lengths.TryGetValue(text.Substring(i, 2).ToUpperInvariant(), out int length))
            {
                continue;
            }

            int end = Take(text, i, compact[..length]);
            if (end > 0 && TextMarks.FreeAfter(text, end) && IsValid(compact[..length]))
            {
                matches.Add(new PiiMatch(i, end - i, PiiKind.Iban));
                i = end - 1;
            }
        }
    }

    /// <summary>The first four characters go to the end, letters become two digits, and the number leaves 1 when divided by 97.</summary>
    public static bool IsValid(ReadOnlySpan<char> iban)
    {
        int remainder = 0;
        for (int i = 0; i < iban.Length; i++)
        {
            char c = iban[(i + 4) % iban.Length];
            remainder = char.IsAsciiDigit(c) ? ((remainder * 10) + (c - '0')) % 97 : ((remainder * 100) + (c - 'A' + 10)) % 97;
        }

        return remainder == 1;
    }

    /// <summary>The index after the last character, or 0 where there are too few.</summary>
    private static int Take(string text, int start, Span<char> compact)
    {
        int taken = 0;
        int i = start;
        for (; i < text.Length && taken < compact.Length; i++)
        {
            if (char.IsAsciiLetterOrDigit(text[i]))
            {
                compact[taken++] = char.ToUpperInvariant(text[i]);
            }
            else if (text[i] is not (' ' or '-'))
            {
                return 0;
            }
        }

        return taken == compact.Length ? i : 0;
    }
}
