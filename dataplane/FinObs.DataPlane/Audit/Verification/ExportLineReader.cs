namespace FinObs.DataPlane.Audit.Verification;

/// <summary>A line of an export file with its place; <see cref="Ended"/> is false when the file stops before the newline.</summary>
internal sealed record ExportFileLine(int Number, long Offset, byte[] Bytes, bool Ended);

/// <summary>Cuts a stream into lines at LF and knows where each began.</summary>
internal static class ExportLineReader
{
    /// <summary>A leaf's line is a few kilobytes; what is longer is no export.</summary>
    private const int MaxLine = 64 * 1024 * 1024;

    public static IEnumerable<ExportFileLine> Read(Stream file)
    {
        var (buffer, line) = (new byte[64 * 1024], new MemoryStream());
        var (number, offset) = (1, 0L);
        int read;
        while ((read = file.Read(buffer)) > 0)
        {
            var rest = buffer.AsMemory(0, read);
            int end;
            while ((end = rest.Span.IndexOf((byte)'\n')) >= 0)
            {
                line.Write(rest.Span[..end]);
                yield return new ExportFileLine(number++, offset, line.ToArray(), true);
                offset += line.Length + 1;
                line.SetLength(0);
                rest = rest[(end + 1)..];
            }
            line.Write(rest.Span);
            if (line.Length > MaxLine) throw new InvalidDataException("The file has a line longer than 64 MiB: it is not an audit export.");
        }
        if (line.Length > 0) yield return new ExportFileLine(number, offset, line.ToArray(), false);
    }
}
