using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FinObs.Scoring.Explanation.Tables;

/// <summary>SHAP values of one leaf for every set of its tests that a row may satisfy: 2^d sets, one or two vectors of features each.</summary>
/// <remarks>
/// The formula of <see cref="LeafQuadrature"/>. With s_f(t) = t·o_f + (1-t)·z_f, the product without f is the whole product over s_f: all are positive, nothing cancels.
/// Loops are compiled for speed at once: they run once, when a model is opened, and would be over before tiered compilation has warmed up.
/// </remarks>
internal sealed class LeafValues(int vectors)
{
    private const int Lanes = 8;
    private readonly (double[] Points, double[] Weights)?[] _quadrature = new (double[], double[])?[StateTables.MostFeatures + 1];
    private Vector512<double>[] _values = [];
    private double[] _factors = [];
    private double[] _own = [];

    /// <summary>One vector or two for each set of tests, by the bits of the set; they hold until the next leaf.</summary>
    public ReadOnlySpan<Vector512<double>> Values => _values;

    /// <summary>Computes the values of a leaf.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Compute(LeafPath leaf)
    {
        int d = leaf.Tests.Length;
        (double[] points, double[] weights) = _quadrature[d] ??= GaussLegendre.OfPoints(Math.Max(1, (d + 1) / 2));
        Prepare(leaf, points, weights);
        Grow(ref _values, vectors << d);
        Span<double> product = stackalloc double[points.Length];
        for (int set = 0; set < 1 << d; set++)
        {
            product.Fill(leaf.Value);
            for (int test = 0; test < d; test++)
            {
                ReadOnlySpan<double> factors = _factors.AsSpan(((2 * test) + (set >> test & 1)) * points.Length, points.Length);
                for (int p = 0; p < product.Length; p++)
                {
                    product[p] *= factors[p];
                }
            }

            for (int v = 0; v < vectors; v++)
            {
                _values[(set * vectors) + v] = Integrate(leaf, set, v, product);
            }
        }
    }

    /// <summary>Σ over the points of the product times each feature's own share of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Vector512<double> Integrate(LeafPath leaf, int set, int vector, ReadOnlySpan<double> product)
    {
        Span<double> lanes = stackalloc double[Lanes];
        lanes.Clear();
        for (int test = 0; test < leaf.Tests.Length; test++)
        {
            int lane = leaf.Tests[test].Feature - (vector * Lanes);
            if ((uint)lane < Lanes)
            {
                ReadOnlySpan<double> own = _own.AsSpan(((2 * test) + (set >> test & 1)) * product.Length, product.Length);
                double sum = 0;
                for (int p = 0; p < product.Length; p++)
                {
                    sum += product[p] * own[p];
                }

                lanes[lane] = sum;
            }
        }

        return Vector512.Create<double>(lanes);
    }

    /// <summary>For each test, unsatisfied and satisfied, and each point: s_f, and weight · (o_f - z_f) / s_f.</summary>
    private void Prepare(LeafPath leaf, double[] points, double[] weights)
    {
        int rows = 2 * leaf.Tests.Length;
        Grow(ref _factors, rows * points.Length);
        Grow(ref _own, rows * points.Length);
        for (int row = 0; row < rows; row++)
        {
            double met = row & 1, share = leaf.Tests[row / 2].Share;
            for (int p = 0; p < points.Length; p++)
            {
                double factor = (points[p] * met) + ((1 - points[p]) * share);
                _factors[(row * points.Length) + p] = factor;
                _own[(row * points.Length) + p] = weights[p] * (met - share) / factor;
            }
        }
    }

    private static void Grow<T>(ref T[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = new T[length];
        }
    }
}
