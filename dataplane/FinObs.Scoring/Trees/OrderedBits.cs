using System.Runtime.Intrinsics;

namespace FinObs.Scoring.Trees;

/// <summary>Floats as integers in the same order: comparing integers takes a cycle, bringing the outcome of a comparison of floats back takes seven.</summary>
/// <remarks>Both zeros become 0; a NaN becomes the least integer, so that it is not greater than anything, as with floats.</remarks>
internal static class OrderedBits
{
    /// <summary>Converts N values.</summary>
    public static void Of(ReadOnlySpan<float> values, Span<int> bits)
    {
        int i = 0;
        for (; i + Vector256<float>.Count <= values.Length; i += Vector256<float>.Count)
        {
            // Adding 0 makes +0 of -0.
            Vector256<float> value = Vector256.Create(values[i..]) + Vector256<float>.Zero;
            Vector256<int> raw = value.AsInt32();
            Vector256<int> ordered = raw ^ ((raw >> 31) & Vector256.Create(int.MaxValue));
            Vector256.ConditionalSelect(Vector256.IsNaN(value).AsInt32(), Vector256.Create(int.MinValue), ordered).CopyTo(bits[i..]);
        }

        for (; i < values.Length; i++)
        {
            bits[i] = Of(values[i]);
        }
    }

    /// <summary>Converts one value.</summary>
    public static int Of(float value)
    {
        int raw = BitConverter.SingleToInt32Bits(value + 0f);
        return float.IsNaN(value) ? int.MinValue : raw ^ ((raw >> 31) & int.MaxValue);
    }
}
