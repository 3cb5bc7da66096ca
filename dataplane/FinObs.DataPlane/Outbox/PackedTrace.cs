namespace FinObs.DataPlane.Outbox;

/// <summary>A W3C traceparent of version 00 in 25 bytes instead of 55: trace id (16), parent id (8), flags (1). All zero, which W3C forbids, is none.</summary>
internal static class PackedTrace
{
    public const int Size = 25;

    private const int TraceSize = 16;
    private const int ParentSize = 8;
    private const int TextLength = 55;

    /// <summary>Anything that is no traceparent of version 00 is left out: a trace is a help, not evidence.</summary>
    public static void Write(string? traceparent, Span<byte> to)
    {
        to = to[..Size];
        to.Clear();
        if (traceparent is not { Length: TextLength } || !traceparent.StartsWith("00-", StringComparison.Ordinal))
        {
            return;
        }

        bool whole = Hex(traceparent.AsSpan(3, 2 * TraceSize), to)
            && Hex(traceparent.AsSpan(36, 2 * ParentSize), to[TraceSize..])
            && Hex(traceparent.AsSpan(53, 2), to[(TraceSize + ParentSize)..]);
        if (!whole)
        {
            to.Clear();
        }
    }

    public static string? Read(ReadOnlySpan<byte> from) => from[..Size].ContainsAnyExcept((byte)0)
        ? $"00-{Convert.ToHexStringLower(from[..TraceSize])}-{Convert.ToHexStringLower(from.Slice(TraceSize, ParentSize))}-{Convert.ToHexStringLower(from.Slice(TraceSize + ParentSize, 1))}"
        : null;

    private static bool Hex(ReadOnlySpan<char> text, Span<byte> to) =>
        Convert.FromHexString(text, to[..(text.Length / 2)], out _, out _) == System.Buffers.OperationStatus.Done;
}
