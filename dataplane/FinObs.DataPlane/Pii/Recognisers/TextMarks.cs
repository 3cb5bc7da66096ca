namespace FinObs.DataPlane.Pii.Recognisers;

/// <summary>Where a value may begin and end within a text.</summary>
internal static class TextMarks
{
    /// <summary>No letter, digit or underscore touches it from the left.</summary>
    public static bool FreeBefore(string text, int start) => start == 0 || !IsWord(text[start - 1]);

    /// <summary>Nor from the right.</summary>
    public static bool FreeAfter(string text, int end) => end >= text.Length || !IsWord(text[end]);

    public static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';

    /// <summary>The digits from a start on, where one space, hyphen or dot may stand between two of them.</summary>
    /// <param name="text">Where to look.</param>
    /// <param name="start">At a digit.</param>
    /// <param name="digits">Gets them; what does not fit is counted but not kept.</param>
    /// <returns>How many, and the index after the last.</returns>
    public static (int Count, int End) Digits(string text, int start, Span<char> digits)
    {
        int count = 0;
        int i = start;
        while (i < text.Length)
        {
            if (char.IsAsciiDigit(text[i]))
            {
                if (count < digits.Length)
                {
                    digits[count] = text[i];
                }

                count++;
                i++;
            }
            else if (text[i] is ' ' or '-' && i + 1 < text.Length && char.IsAsciiDigit(text[i + 1]))
            {
                i++;
            }
            else
            {
                break;
            }
        }

        return (count, i);
    }
}
