using System.Net;
using System.Net.Sockets;

namespace FinObs.DataPlane.Pii.Recognisers;

/// <summary>IPv4 and IPv6 addresses (RFC 4291), but those of this very machine: they are nobody's.</summary>
internal sealed class IpRecogniser : IPiiRecogniser
{
    private const int Longest = 45;

    public void Find(string text, List<PiiMatch> matches)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!IsPart(text[i]))
            {
                continue;
            }

            int end = i;
            while (end < text.Length && IsPart(text[end]))
            {
                end++;
            }

            if ((i == 0 || !TextMarks.IsWord(text[i - 1])) && TextMarks.FreeAfter(text, end))
            {
                Take(text, i, end, matches);
            }

            i = end;
        }
    }

    private static void Take(string text, int start, int end, List<PiiMatch> matches)
    {
        // The end of a sentence, or of a label before a colon.
        while (end > start && text[end - 1] == '.')
        {
            end--;
        }

        if (!TryParse(text.AsSpan(start, end - start)))
        {
            // A port behind an IPv4 address.
            int colon = text.IndexOf(':', start, end - start);
            if (colon < 0 || !TryParse(text.AsSpan(start, colon - start)))
            {
                return;
            }

            end = colon;
        }

        matches.Add(new PiiMatch(start, end - start, PiiKind.Ip));
    }

    private static bool TryParse(ReadOnlySpan<char> text) => text.Length is >= 3 and <= Longest && (text.Count('.') == 3 || text.Count(':') >= 2)
        && IPAddress.TryParse(text, out IPAddress? address) && !IPAddress.IsLoopback(address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
        && (address.AddressFamily == AddressFamily.InterNetworkV6 || text.Count('.') == 3);

    private static bool IsPart(char c) => char.IsAsciiHexDigit(c) || c is '.' or ':';
}
