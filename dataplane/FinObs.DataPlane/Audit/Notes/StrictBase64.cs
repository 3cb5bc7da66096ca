namespace FinObs.DataPlane.Audit.Notes;

/// <summary>Base64 with exactly one text for each sequence of bytes: no white space, padding present, unused bits zero.</summary>
internal static class StrictBase64
{
    /// <summary>The bytes, or null when the text is not the one form of any.</summary>
    public static byte[]? Decode(string text)
    {
        var bytes = new byte[(text.Length / 4 * 3) + 3];
        if (!Convert.TryFromBase64String(text, bytes, out var length)) return null;
        Array.Resize(ref bytes, length);
        return Convert.ToBase64String(bytes) == text ? bytes : null;
    }
}
