using CsCheck;
using FinObs.Scoring.Trees;

namespace FinObs.Scoring.Tests.Trees;

public sealed class OrderedBitsTests
{
    private static readonly float[] Edges =
        [0f, -0f, 1f, -1f, float.Epsilon, -float.Epsilon, float.MaxValue, float.MinValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN];

    private static readonly Gen<float> AnyFloat = Gen.OneOf(Gen.Float, Gen.Int[0, Edges.Length - 1].Select(i => Edges[i]));

    [Fact]
    public void Integers_compare_as_their_floats_do() =>
        Gen.Select(AnyFloat, AnyFloat).Where(pair => !float.IsNaN(pair.Item2)).Sample(
            (value, threshold) => Assert.Equal(value > threshold, OrderedBits.Of(value) > OrderedBits.Of(threshold)),
            iter: 20_000);

    [Fact]
    public void Many_are_converted_as_one_is() =>
        AnyFloat.Array[0, 40].Sample(values =>
        {
            var bits = new int[values.Length];
            OrderedBits.Of(values, bits);
            Assert.Equal(values.Select(OrderedBits.Of), bits);
        });

    [Fact]
    public void Nothing_is_greater_than_what_a_leaf_holds() => Assert.True(OrderedBits.Of(float.PositiveInfinity) < int.MaxValue);
}
