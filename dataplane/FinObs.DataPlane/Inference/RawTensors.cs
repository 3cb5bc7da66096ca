using System.Runtime.InteropServices;
using Google.Protobuf;

namespace FinObs.DataPlane.Inference;

/// <summary>Raw tensor contents without a copy. The wire is little-endian, and so is every machine that .NET serves from here (x64, arm64).</summary>
internal static class RawTensors
{
    /// <summary>The bytes of rows that stay untouched until the message is sent.</summary>
    public static ByteString Wrap(ReadOnlyMemory<float> values)
    {
        byte[] bytes = new byte[values.Length * sizeof(float)];
        MemoryMarshal.AsBytes(values.Span).CopyTo(bytes);
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }

    public static ByteString Wrap(double[] values)
    {
        byte[] bytes = new byte[values.Length * sizeof(double)];
        MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(bytes);
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }

    public static ReadOnlySpan<float> Floats(ByteString bytes) => MemoryMarshal.Cast<byte, float>(bytes.Span);

    public static ReadOnlySpan<double> Doubles(ByteString bytes) => MemoryMarshal.Cast<byte, double>(bytes.Span);
}
