namespace FinObs.DataPlane.Pii.Recognisers;

/// <summary>E-mail addresses: a dot-atom (RFC 5322), an at sign, and a host name with at least one dot whose last label is of letters.</summary>
internal sealed class EmailRecogniser : IPiiRecogniser
{
    /// <summary>RFC 5322 allows more, such as = and &amp;, which in texts part an address from what is before it.</summary>
    private const string AtomSigns = "!#$%'*+-^_`~.";

    public void Find(string text, List<PiiMatch> matches)
    {
        for (int at = text.IndexOf('@', StringComparison.Ordinal); at >= 0; at = text.IndexOf('@', at + 1))
        {
            int start = at;
            while (start > 0 && IsAtom(text[start - 1]))
            {
                start--;
            }

            while (start < at && text[start] is '.' or '\'' or '`')
            {
                start++;
            }

            int end = at + 1;
            while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '-' or '.'))
            {
                end++;
            }

            while (end > at + 1 && text[end - 1] is '.' or '-')
            {
                end--;
            }

            int dot = text.LastIndexOf('.', end - 1);
            if (start < at && dot > at + 1 && end - dot > 2 && !text.AsSpan(dot + 1, end - dot - 1).ContainsAnyInRange('0', '9'))
            {
                matches.Add(new PiiMatch(start, end - start, PiiKind.Email));
            }
        }
    }

    private static bool IsAtom(char c) => char.IsLetterOrDigit(c) || AtomSigns.Contains(c, StringComparison.Ordinal);
}
