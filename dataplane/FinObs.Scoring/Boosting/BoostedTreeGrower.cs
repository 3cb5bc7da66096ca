using FinObs.Scoring.Trees;

namespace FinObs.Scoring.Boosting;

/// <summary>Grows one tree at a time on gradients and curvatures: always the leaf whose split gains most.</summary>
internal sealed class BoostedTreeGrower(FeatureCuts cuts, double[] weights, double[] gradients, double[] curvatures, BoostingOptions options)
{
    private const int MostBins = 256;

    /// <summary>Gains below are rounding.</summary>
    private const double LeastGain = 1e-9;

    private readonly int[] _rows = new int[cuts.Count];
    private readonly int[] _moved = new int[cuts.Count];
    private readonly Sums[] _bins = new Sums[MostBins];

    /// <summary>The next tree, its step already added to the rows' log-odds; null where no split gains anything.</summary>
    public Tree? Grow(double[] logOdds)
    {
        for (int i = 0; i < _rows.Length; i++)
        {
            _rows[i] = i;
        }

        List<Node> nodes = [Open(0, _rows.Length)];
        for (int leaves = 1; leaves < options.Leaves; leaves++)
        {
            int best = -1;
            for (int n = 0; n < nodes.Count; n++)
            {
                best = nodes[n].IsLeaf && nodes[n].Gain > LeastGain && (best < 0 || nodes[n].Gain > nodes[best].Gain) ? n : best;
            }

            if (best < 0)
            {
                break;
            }

            Node split = nodes[best];
            int middle = Part(split);
            nodes[best] = split with { Left = nodes.Count, Right = nodes.Count + 1 };
            nodes.Add(Open(split.From, middle));
            nodes.Add(Open(middle, split.To));
        }

        if (nodes.Count == 1)
        {
            return null;
        }

        foreach (Node node in nodes.Where(node => node.IsLeaf))
        {
            foreach (int row in _rows.AsSpan(node.From, node.To - node.From))
            {
                logOdds[row] += ValueOf(node);
            }
        }

        return new Tree(
            [.. nodes.Select(node => node.IsLeaf ? Tree.Leaf : node.Feature)],
            [.. nodes.Select(node => node.IsLeaf ? 0 : cuts.Cuts[node.Feature][node.Bin])],
            [.. nodes.Select(node => node.Left)],
            [.. nodes.Select(node => node.Right)],
            [.. nodes.Select(node => node.IsLeaf ? ValueOf(node) : 0)],
            [.. nodes.Select(node => node.Total.Weight)]);
    }

    /// <summary>Rounded to float32: what the ONNX file can hold.</summary>
    private float ValueOf(Node leaf) => (float)(options.LearningRate * leaf.Total.Gradient / (leaf.Total.Curvature + options.Penalty));

    /// <summary>A leaf over rows, with the best split it could have.</summary>
    private Node Open(int from, int to)
    {
        Sums total = default;
        foreach (int row in _rows.AsSpan(from, to - from))
        {
            total = total.Plus(weights[row], gradients[row], curvatures[row]);
        }

        Node node = new(from, to, total, -1, 0, 0, 0, 0);
        for (int f = 0; f < cuts.Cuts.Length; f++)
        {
            node = Better(node, f);
        }

        return node;
    }

    private Node Better(Node node, int feature)
    {
        byte[] bins = cuts.Bins[feature];
        int last = cuts.Cuts[feature].Length;
        Array.Clear(_bins);
        foreach (int row in _rows.AsSpan(node.From, node.To - node.From))
        {
            ref Sums bin = ref _bins[bins[row]];
            bin = bin.Plus(weights[row], gradients[row], curvatures[row]);
        }

        double whole = Worth(node.Total);
        Sums left = default;
        for (int b = 0; b < last; b++)
        {
            left = left.Plus(_bins[b].Weight, _bins[b].Gradient, _bins[b].Curvature);
            Sums right = node.Total.Plus(-left.Weight, -left.Gradient, -left.Curvature);
            if (left.Weight < options.LeafWeight || right.Weight < options.LeafWeight || left.Weight <= 0 || right.Weight <= 0)
            {
                continue;
            }

            double gain = Worth(left) + Worth(right) - whole;
            if (gain > node.Gain)
            {
                node = node with { Feature = feature, Bin = b, Gain = gain };
            }
        }

        return node;
    }

    private double Worth(Sums sums) => sums.Gradient * sums.Gradient / (sums.Curvature + options.Penalty);

    /// <summary>Brings the rows that go left to the front, in order, and says where the others begin.</summary>
    private int Part(Node node)
    {
        byte[] bins = cuts.Bins[node.Feature];
        int left = node.From, right = 0;
        for (int i = node.From; i < node.To; i++)
        {
            int row = _rows[i];
            if (bins[row] <= node.Bin)
            {
                _rows[left++] = row;
            }
            else
            {
                _moved[right++] = row;
            }
        }

        _moved.AsSpan(0, right).CopyTo(_rows.AsSpan(left));
        return left;
    }

    private readonly record struct Sums(double Weight, double Gradient, double Curvature)
    {
        public Sums Plus(double weight, double gradient, double curvature) => new(Weight + weight, Gradient + gradient, Curvature + curvature);
    }

    private readonly record struct Node(int From, int To, Sums Total, int Feature, int Bin, double Gain, int Left, int Right)
    {
        public bool IsLeaf => Left == 0;
    }
}
