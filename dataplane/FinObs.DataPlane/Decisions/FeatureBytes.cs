using System.Buffers.Binary;

namespace FinObs.DataPlane.Decisions;

/// <summary>A feature vector as it is stored: F float32 values, little-endian, bit for bit what was scored.</summary>
internal static class FeatureBytes
{
    public static byte[] Write(ReadOnlySpan<float> row)
    {
        byte[] bytes = new byte[row.Length * sizeof(float)];
        for (int i = 0; i < row.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), row[i]);
        }

        return bytes;
    }

    public static float[] Read(ReadOnlySpan<byte> bytes)
    {
        float[] row = new float[bytes.Length / sizeof(float)];
        for (int i = 0; i < row.Length; i++)
        {
            row[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
        }

        return row;
    }
}
