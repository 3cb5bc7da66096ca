using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace FinObs.Scoring.Explanation.Tables;

/// <summary>The summed SHAP values of a subtree's leaves in each of its states: one or two vectors of features a state.</summary>
internal sealed class StateSums(int vectors)
{
    private readonly LeafValues _leaf = new(vectors);
    private int[] _bits = [];

    /// <summary>Adds the values of all leaves to each state.</summary>
    public void Add(Subtree subtree, Span<Vector512<double>> states)
    {
        foreach (LeafPath leaf in subtree.Leaves)
        {
            if (leaf.Tests.Length > 0)
            {
                _leaf.Compute(leaf);
                MarkSatisfied(leaf, subtree.Axes);
                Visit(subtree.Axes, states);
            }
        }
    }

    /// <summary>For each position of each axis, one after the other: the bit of the leaf's test if the position satisfies it, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MarkSatisfied(LeafPath leaf, Axis[] axes)
    {
        int total = 0;
        foreach (Axis axis in axes)
        {
            total += axis.Positions;
        }

        _bits = _bits.Length < total ? new int[total] : _bits;
        int at = 0;
        foreach (Axis axis in axes)
        {
            int test = IndexOf(leaf.Tests, axis.Feature);
            int positions = axis.Positions;
            for (int position = 0; position < positions; position++)
            {
                _bits[at++] = test >= 0 && axis.Satisfies(position, in leaf.Tests[test]) ? 1 << test : 0;
            }
        }
    }

    private static int IndexOf(FeatureTest[] tests, int feature)
    {
        for (int i = 0; i < tests.Length; i++)
        {
            if (tests[i].Feature == feature)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Counts through the states, the first axis fastest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Visit(Axis[] axes, Span<Vector512<double>> states)
    {
        Span<int> position = stackalloc int[axes.Length];
        position.Clear();
        int fastest = axes[0].Positions;
        ReadOnlySpan<Vector512<double>> values = _leaf.Values;
        for (int state = 0; ;)
        {
            int set = SetOf(axes, position);
            for (int p = 0; p < fastest; p++)
            {
                int from = (set | _bits[p]) * vectors;
                for (int v = 0; v < vectors; v++)
                {
                    states[state++] += values[from + v];
                }
            }

            int axis = 1;
            while (axis < axes.Length && ++position[axis] == axes[axis].Positions)
            {
                position[axis++] = 0;
            }

            if (axis >= axes.Length)
            {
                return;
            }
        }
    }

    /// <summary>The tests that the positions of all axes but the first satisfy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int SetOf(Axis[] axes, ReadOnlySpan<int> position)
    {
        int set = 0, start = axes[0].Positions;
        for (int a = 1; a < axes.Length; a++)
        {
            set |= _bits[start + position[a]];
            start += axes[a].Positions;
        }

        return set;
    }
}
