using System.Buffers.Binary;
using FinObs.Scoring.Explanation;

namespace FinObs.DataPlane.Decisions;

/// <summary>
/// An explanation as it is stored: version byte, method byte, base, margin, score, then the F contributions and their forest and reconstruction shares as
/// little-endian doubles, each list with its count in front (0 = absent). Numbers, not words: words are made from them when asked for.
/// </summary>
internal static class ExplanationBytes
{
    private const byte Version = 1;
    private const int HeaderLength = 2 + (3 * sizeof(double)) + (3 * sizeof(ushort));

    public static byte[] Write(ScoreExplanation explanation)
    {
        double[] forest = explanation.ForestContributions;
        double[] reconstruction = explanation.ReconstructionContributions;
        byte[] bytes = new byte[HeaderLength + ((explanation.Contributions.Length + forest.Length + reconstruction.Length) * sizeof(double))];
        bytes[0] = Version;
        bytes[1] = (byte)explanation.Method;
        Span<byte> rest = bytes.AsSpan(2);
        rest = Put(Put(Put(rest, explanation.Base), explanation.Margin), explanation.Score);
        rest = PutAll(rest, explanation.Contributions);
        rest = PutAll(rest, forest);
        PutAll(rest, reconstruction);
        return bytes;
    }

    public static ScoreExplanation Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderLength || bytes[0] != Version)
        {
            throw new InvalidDataException("A stored explanation has an unknown version or is cut short.");
        }

        ExplanationMethod method = (ExplanationMethod)bytes[1];
        bytes = bytes[2..];
        double @base = Take(ref bytes);
        double margin = Take(ref bytes);
        double score = Take(ref bytes);
        return new ScoreExplanation(method, @base, TakeAll(ref bytes), TakeAll(ref bytes), TakeAll(ref bytes), margin, score);
    }

    private static Span<byte> Put(Span<byte> to, double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(to, value);
        return to[sizeof(double)..];
    }

    private static Span<byte> PutAll(Span<byte> to, double[] values)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(to, checked((ushort)values.Length));
        to = to[sizeof(ushort)..];
        foreach (double value in values)
        {
            to = Put(to, value);
        }

        return to;
    }

    private static double Take(ref ReadOnlySpan<byte> from)
    {
        double value = BinaryPrimitives.ReadDoubleLittleEndian(from);
        from = from[sizeof(double)..];
        return value;
    }

    private static double[] TakeAll(ref ReadOnlySpan<byte> from)
    {
        int count = BinaryPrimitives.ReadUInt16LittleEndian(from);
        from = from[sizeof(ushort)..];
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = Take(ref from);
        }

        return values;
    }
}
