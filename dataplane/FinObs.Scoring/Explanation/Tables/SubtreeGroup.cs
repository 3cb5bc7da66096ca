namespace FinObs.Scoring.Explanation.Tables;

/// <summary>Up to 32 subtrees whose states are looked up together: on each feature their cuts make lines, and a line says what a value there adds to the 32 indices.</summary>
internal sealed class SubtreeGroup
{
    /// <summary>Subtrees of a group: their indices, 16 bits each, fill one cache line.</summary>
    public const int Size = 32;

    /// <summary>Most states of a group, the empty one included.</summary>
    private const int MostStates = ushort.MaxValue + 1;

    private SubtreeGroup(Subtree[] subtrees, int features)
    {
        Subtrees = subtrees;
        States = subtrees.Sum(subtree => subtree.States) + 1;
        Cuts = new float[features][];
        for (int f = 0; f < features; f++)
        {
            int feature = f;
            Cuts[f] = [.. subtrees.SelectMany(subtree => subtree.Axes).Where(axis => axis.Feature == feature).SelectMany(Borders).Distinct().Order()];
        }
    }

    /// <summary>The subtrees.</summary>
    public Subtree[] Subtrees { get; }

    /// <summary>Their states, and an empty one that adds nothing: the place of the subtrees that are missing to a full group.</summary>
    public int States { get; }

    /// <summary>For each feature all cuts and bounds of the subtrees, rising: n of them make n + 1 lines.</summary>
    public float[][] Cuts { get; }

    /// <summary>Lines of all features.</summary>
    public int Lines => Cuts.Sum(cuts => cuts.Length + 1);

    /// <summary>Groups subtrees in their order.</summary>
    public static List<SubtreeGroup> Build(List<Subtree> subtrees, int features)
    {
        var groups = new List<SubtreeGroup>();
        var open = new List<Subtree>();
        int states = 1;
        foreach (Subtree subtree in subtrees)
        {
            if (open.Count == Size || states + subtree.States > MostStates)
            {
                groups.Add(new SubtreeGroup([.. open], features));
                open.Clear();
                states = 1;
            }

            open.Add(subtree);
            states += subtree.States;
        }

        if (open.Count > 0)
        {
            groups.Add(new SubtreeGroup([.. open], features));
        }

        return groups;
    }

    /// <summary>Writes the lines, feature after feature; on the first feature a subtree's first state is added.</summary>
    public unsafe void WriteLines(ushort* lines)
    {
        int[] stride = [.. Enumerable.Repeat(1, Subtrees.Length)];
        for (int f = 0; f < Cuts.Length; f++)
        {
            Axis?[] axes = Array.ConvertAll(Subtrees, subtree => Array.Find(subtree.Axes, axis => axis.Feature == f));
            for (int line = 0; line <= Cuts[f].Length; line++, lines += Size)
            {
                float low = line == 0 ? float.NegativeInfinity : Cuts[f][line - 1];
                float high = line == Cuts[f].Length ? float.PositiveInfinity : Cuts[f][line];
                for (int s = 0; s < axes.Length; s++)
                {
                    lines[s] = (ushort)(axes[s] is { } axis ? stride[s] * axis.PositionOf(low, high) : 0);
                }

                if (f == 0)
                {
                    AddStarts(lines);
                }
            }

            for (int s = 0; s < axes.Length; s++)
            {
                stride[s] *= axes[s]?.Positions ?? 1;
            }
        }
    }

    private unsafe void AddStarts(ushort* line)
    {
        int start = 0;
        for (int s = 0; s < Subtrees.Length; s++)
        {
            line[s] += (ushort)start;
            start += Subtrees[s].States;
        }

        for (int s = Subtrees.Length; s < Size; s++)
        {
            line[s] = (ushort)start;
        }
    }

    private static IEnumerable<float> Borders(Axis axis)
    {
        foreach (float cut in axis.Cuts)
        {
            yield return cut;
        }

        if (float.IsFinite(axis.Above))
        {
            yield return axis.Above;
        }

        if (float.IsFinite(axis.UpTo))
        {
            yield return axis.UpTo;
        }
    }
}
