using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FinObs.Scoring.Trees;

namespace FinObs.Scoring.Explanation.Tables;

/// <summary>SHAP values by look-up: trees are cut into subtrees that can tell few states of a row apart, and what a subtree's leaves give is stored for each state.</summary>
/// <remarks>
/// A row costs one binary search a feature, then for each 32 subtrees one line of index offsets a feature (added up, they are the 32 states) and one load-and-add of 64 bytes
/// (128 for 9-16 features) a subtree. Rows go in blocks through one group of subtrees after the other, so that the group's states stay in the nearest cache.
/// Unsafe reads are in bounds because every index is a sum of offsets that the constructor wrote, and a NaN counts as below every cut.
/// </remarks>
internal sealed unsafe class StateTables : IShapForm
{
    /// <summary>Most features: two vectors of eight doubles a state.</summary>
    public const int MostFeatures = 2 * Lanes;

    /// <summary>Most states of a subtree: with more the tables outgrow the caches faster than the number of look-ups falls (measured for 6 and for 11 features).</summary>
    private const int MostStates = 512;
    private const int Lanes = 8;
    private const int BlockRows = 256;

    private readonly int _features;
    private readonly int _vectors;
    private readonly float[][] _cuts;
    private readonly int[] _placesOf;
    private readonly ushort[] _places;
    private readonly GroupStart[] _groups;

    // Kept for their memory alone: pinned arrays, read through aligned pointers.
    private readonly double[] _stateMemory;
    private readonly ushort[] _lineMemory;
    private readonly double* _states;
    private readonly ushort* _lines;

    private StateTables(List<SubtreeGroup> groups, int features)
    {
        _features = features;
        _vectors = VectorsFor(features);
        _groups = new GroupStart[groups.Count];
        int states = 0, lines = 0;
        for (int g = 0; g < groups.Count; g++)
        {
            _groups[g] = new GroupStart(states * _vectors * Lanes, lines * SubtreeGroup.Size);
            states += groups[g].States;
            lines += groups[g].Lines;
        }

        _stateMemory = AlignedMemory.Pinned(states * _vectors * Lanes, out _states);
        _lineMemory = AlignedMemory.Pinned(lines * SubtreeGroup.Size, out _lines);
        _cuts = new float[features][];
        _placesOf = new int[features];
        for (int f = 0; f < features; f++)
        {
            int feature = f;
            _cuts[f] = [.. groups.SelectMany(group => group.Cuts[feature]).Distinct().Order()];
            _placesOf[f] = f == 0 ? 0 : _placesOf[f - 1] + ((_cuts[f - 1].Length + 1) * groups.Count);
        }

        _places = new ushort[_placesOf[^1] + ((_cuts[^1].Length + 1) * groups.Count)];
        var sums = new StateSums(_vectors);
        for (int g = 0; g < groups.Count; g++)
        {
            Fill(groups[g], g, sums);
        }

        GC.KeepAlive(this);
    }

    /// <summary>The tables of trees with cover, or <see langword="null"/> where they do not fit so many bytes, or there are more than <see cref="MostFeatures"/> features.</summary>
    public static StateTables? Build(IReadOnlyList<Tree> trees, int features, long mostBytes)
    {
        // A branch of no cover has share 0, which the leaves' products cannot be divided by.
        if (features > MostFeatures || trees.Count == 0 || !trees.All(tree => Array.TrueForAll(tree.Cover, cover => cover > 0)))
        {
            return null;
        }

        long mostInAll = Math.Min(mostBytes, Array.MaxLength) / (VectorsFor(features) * AlignedMemory.Line);
        return Subtree.Cut(trees, features, MostStates, mostInAll) is { } subtrees ? new StateTables(SubtreeGroup.Build(subtrees, features), features) : null;
    }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public void Explain(ReadOnlySpan<float> rows, Span<double> contributions)
    {
        Span<Vector512<double>> sums = AlignedMemory.Of(stackalloc byte[((BlockRows * _vectors) + 1) * AlignedMemory.Line]);
        Span<int> places = stackalloc int[BlockRows * _features];
        fixed (ushort* allPlaces = _places)
        {
            for (int from = 0; from < rows.Length; from += BlockRows * _features)
            {
                ReadOnlySpan<float> block = rows.Slice(from, Math.Min(BlockRows * _features, rows.Length - from));
                int count = block.Length / _features;
                Place(block, places);
                sums[..(count * _vectors)].Clear();
                for (int g = 0; g < _groups.Length; g++)
                {
                    AddGroup(g, allPlaces + g, places[..block.Length], sums);
                }

                for (int r = 0; r < count; r++)
                {
                    Write(sums.Slice(r * _vectors, _vectors), contributions.Slice(from + (r * _features), _features));
                }
            }
        }

        GC.KeepAlive(this);
    }

    private static int VectorsFor(int features) => (features + Lanes - 1) / Lanes;

    private static void Write(ReadOnlySpan<Vector512<double>> sums, Span<double> contributions)
    {
        for (int f = 0; f < contributions.Length; f++)
        {
            contributions[f] = sums[f / Lanes][f % Lanes];
        }
    }

    /// <summary>Adds what the subtrees of one group give to each row.</summary>
    private void AddGroup(int group, ushort* groupPlaces, ReadOnlySpan<int> places, Span<Vector512<double>> sums)
    {
        ushort* lines = _lines + _groups[group].Lines;
        double* states = _states + _groups[group].States;
        Vector512<ushort>* indices = stackalloc Vector512<ushort>[1];
        int sum = 0;
        for (int at = 0; at < places.Length; at += _features)
        {
            Vector512<ushort> index = Vector512<ushort>.Zero;
            for (int f = 0; f < _features; f++)
            {
                index += Vector512.LoadAligned(lines + (groupPlaces[places[at + f]] * SubtreeGroup.Size));
            }

            *indices = index;
            sums[sum] += SumOf(states, (ushort*)indices, Lanes * _vectors);
            sum++;
            if (_vectors == 2)
            {
                sums[sum] += SumOf(states + Lanes, (ushort*)indices, Lanes * _vectors);
                sum++;
            }
        }
    }

    /// <summary>Four sums side by side hide the latency of an addition; their order is fixed.</summary>
    private static Vector512<double> SumOf(double* states, ushort* indices, int width)
    {
        Vector512<double> a = Vector512<double>.Zero, b = a, c = a, d = a;
        for (int s = 0; s < SubtreeGroup.Size; s += 4)
        {
            a += Vector512.LoadAligned(states + (indices[s] * width));
            b += Vector512.LoadAligned(states + (indices[s + 1] * width));
            c += Vector512.LoadAligned(states + (indices[s + 2] * width));
            d += Vector512.LoadAligned(states + (indices[s + 3] * width));
        }

        return (a + b) + (c + d);
    }

    /// <summary>Where the places of each value begin: one for each group.</summary>
    private void Place(ReadOnlySpan<float> block, Span<int> places)
    {
        for (int f = 0; f < _features; f++)
        {
            ReadOnlySpan<float> cuts = _cuts[f];
            for (int at = f; at < block.Length; at += _features)
            {
                places[at] = _placesOf[f] + (CutsBelow(cuts, block[at]) * _groups.Length);
            }
        }
    }

    /// <summary>How many cuts a value exceeds; without a branch that could be mispredicted.</summary>
    private static int CutsBelow(ReadOnlySpan<float> cuts, float value)
    {
        int below = 0;
        for (int left = cuts.Length; left > 0;)
        {
            int half = (left + 1) / 2;
            below += cuts[below + half - 1] < value ? half : 0;
            left -= half;
        }

        return below;
    }

    private void Fill(SubtreeGroup group, int index, StateSums sums)
    {
        var states = new Span<Vector512<double>>(_states + _groups[index].States, group.States * _vectors);
        foreach (Subtree subtree in group.Subtrees)
        {
            sums.Add(subtree, states);
            states = states[(subtree.States * _vectors)..];
        }

        group.WriteLines(_lines + _groups[index].Lines);
        int line = 0;
        for (int f = 0; f < _features; f++)
        {
            int own = 0;
            for (int place = 0; place <= _cuts[f].Length; place++)
            {
                // Values of place p exceed p cuts of all groups; how many of this one's?
                own += place > 0 && own < group.Cuts[f].Length && group.Cuts[f][own] == _cuts[f][place - 1] ? 1 : 0;
                _places[_placesOf[f] + (place * _groups.Length) + index] = (ushort)(line + own);
            }

            line += group.Cuts[f].Length + 1;
        }
    }

    /// <summary>Where a group's states begin, in doubles, and its lines, in offsets.</summary>
    private readonly record struct GroupStart(int States, int Lines);
}
