using FinObs.Scoring.Trees;

namespace FinObs.Scoring.IsolationForest;

/// <summary>Grows one tree at a time in buffers of its own; what it grows depends on the random stream alone, not on earlier trees.</summary>
internal sealed class TreeGrower
{
    private readonly ReadOnlyMemory<float> _rows;
    private readonly int _features;
    private readonly int _sample;
    private readonly int _maxDepth;
    private readonly int[] _permutation;
    private readonly int[] _swaps;
    private readonly float[] _columns;
    private readonly int[] _index;
    private readonly int[] _candidates;
    private readonly Stack<Pending> _pending = new();
    private readonly List<int> _feature = [];
    private readonly List<float> _threshold = [];
    private readonly List<int> _left = [];
    private readonly List<double> _cover = [];

    public TreeGrower(ReadOnlyMemory<float> rows, int count, int features, int sample)
    {
        _rows = rows;
        _features = features;
        _sample = sample;
        _maxDepth = (int)Math.Ceiling(Math.Log2(Math.Max(sample, 2)));
        _permutation = [.. Enumerable.Range(0, count)];
        _swaps = new int[sample];
        _columns = new float[sample * features];
        _index = new int[sample];
        _candidates = new int[features];
    }

    /// <summary>One tree on a fresh sample; leaf values are left 0, the forest fills them from depth and cover.</summary>
    public Tree Grow(Xoshiro256 random)
    {
        DrawSample(ref random);
        Reset();
        _pending.Push(new Pending(AddNode(_sample), 0, _sample, 0));
        while (_pending.TryPop(out Pending node))
        {
            Split(node, ref random);
        }

        int count = _feature.Count;
        var right = new int[count];
        for (int node = 0; node < count; node++)
        {
            right[node] = _feature[node] == Tree.Leaf ? 0 : _left[node] + 1;
        }

        return new Tree([.. _feature], [.. _threshold], [.. _left], right, new double[count], [.. _cover]);
    }

    private void Split(Pending node, ref Xoshiro256 random)
    {
        if (node.Count <= 1 || node.Depth >= _maxDepth || !ChooseFeature(node, ref random, out int feature, out float min, out float max))
        {
            return;
        }

        float threshold = Threshold(min, max, random.NextDouble());
        int goLeft = Partition(node, feature, threshold);
        int left = AddNode(goLeft);
        AddNode(node.Count - goLeft);
        _feature[node.Node] = feature;
        _threshold[node.Node] = threshold;
        _left[node.Node] = left;
        _pending.Push(new Pending(left + 1, node.Start + goLeft, node.Count - goLeft, node.Depth + 1));
        _pending.Push(new Pending(left, node.Start, goLeft, node.Depth + 1));
    }

    /// <summary>Uniform among the features that vary in the node: drawn without replacement until one does.</summary>
    private bool ChooseFeature(Pending node, ref Xoshiro256 random, out int feature, out float min, out float max)
    {
        for (int left = _features; left > 0; left--)
        {
            int drawn = random.Next(left);
            feature = _candidates[drawn];
            (_candidates[drawn], _candidates[left - 1]) = (_candidates[left - 1], feature);
            (min, max) = Range(node, feature);
            if (min < max)
            {
                return true;
            }
        }

        (feature, min, max) = (Tree.Leaf, 0, 0);
        return false;
    }

    private (float Min, float Max) Range(Pending node, int feature)
    {
        ReadOnlySpan<float> column = _columns.AsSpan(feature * _sample, _sample);
        float min = float.PositiveInfinity, max = float.NegativeInfinity;
        foreach (int row in _index.AsSpan(node.Start, node.Count))
        {
            float value = column[row];
            min = Math.Min(min, value);
            max = Math.Max(max, value);
        }

        return (min, max);
    }

    /// <summary>Uniform in [min, max), as the greatest float that does not exceed it: for float inputs exactly the same split.</summary>
    internal static float Threshold(float min, float max, double uniform)
    {
        float threshold = FloorToFloat(min + (uniform * ((double)max - min)));
        return threshold < max ? threshold : MathF.BitDecrement(max);
    }

    /// <summary>The greatest float that is not greater than a double.</summary>
    internal static float FloorToFloat(double value)
    {
        float nearest = (float)value;
        return nearest > value ? MathF.BitDecrement(nearest) : nearest;
    }

    private int Partition(Pending node, int feature, float threshold)
    {
        ReadOnlySpan<float> column = _columns.AsSpan(feature * _sample, _sample);
        Span<int> index = _index.AsSpan(node.Start, node.Count);
        int left = 0;
        for (int i = 0; i < index.Length; i++)
        {
            if (column[index[i]] <= threshold)
            {
                (index[left], index[i]) = (index[i], index[left]);
                left++;
            }
        }

        return left;
    }

    /// <summary>A partial Fisher-Yates shuffle, undone afterwards so that the next tree starts from the same order.</summary>
    private void DrawSample(ref Xoshiro256 random)
    {
        ReadOnlySpan<float> rows = _rows.Span;
        int count = _permutation.Length;
        for (int i = 0; i < _sample; i++)
        {
            int j = _sample == count ? i : i + random.Next(count - i);
            _swaps[i] = j;
            (_permutation[i], _permutation[j]) = (_permutation[j], _permutation[i]);
            ReadOnlySpan<float> row = rows.Slice(_permutation[i] * _features, _features);
            for (int f = 0; f < _features; f++)
            {
                _columns[(f * _sample) + i] = row[f];
            }
        }

        for (int i = _sample - 1; i >= 0; i--)
        {
            (_permutation[i], _permutation[_swaps[i]]) = (_permutation[_swaps[i]], _permutation[i]);
        }
    }

    private void Reset()
    {
        for (int i = 0; i < _sample; i++)
        {
            _index[i] = i;
        }

        for (int f = 0; f < _features; f++)
        {
            _candidates[f] = f;
        }

        _feature.Clear();
        _threshold.Clear();
        _left.Clear();
        _cover.Clear();
    }

    private int AddNode(int cover)
    {
        _feature.Add(Tree.Leaf);
        _threshold.Add(0);
        _left.Add(0);
        _cover.Add(cover);
        return _feature.Count - 1;
    }

    private readonly record struct Pending(int Node, int Start, int Count, int Depth);
}
