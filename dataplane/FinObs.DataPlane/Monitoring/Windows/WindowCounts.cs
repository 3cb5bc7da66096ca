using FinObs.Contracts.Transactions;
using FinObs.Scoring.Drift;

namespace FinObs.DataPlane.Monitoring.Windows;

/// <summary>A window of a version: whole numbers only, so that buckets add up to the same whatever their order, and can be taken away again.</summary>
internal sealed class WindowCounts(WindowLayout layout)
{
    /// <summary>Attributions are summed in billionths of the margin's unit.</summary>
    private const double AttributionUnit = 1e-9;

    private readonly long[] _attributions = new long[layout.Ensemble is null ? 0 : layout.Features];

    public WindowLayout Layout => layout;

    /// <summary>Decisions.</summary>
    public long Rows => Approved + Review + Blocked;

    public long Unscored { get; private set; }

    public long Approved { get; private set; }

    public long Review { get; private set; }

    public long Blocked { get; private set; }

    /// <summary>Decisions that are in <see cref="Rows"/>, but were counted over other bins than this process has.</summary>
    public long OtherBins { get; private set; }

    /// <summary>Counts of each of the layout's quantities.</summary>
    public DriftCounts Counts { get; } = new(layout.Bins);

    /// <summary>Rows whose SHAP values are summed.</summary>
    public long Explained { get; private set; }

    /// <summary>Counts of the score in its fine bins; empty where nothing was scored by a model.</summary>
    public ReadOnlySpan<long> ScoreBins => Of(WindowLayout.Score);

    /// <summary>Counts of a quantity in its fine bins; empty where it is not watched.</summary>
    public ReadOnlySpan<long> Of(string quantity) => layout.IndexOf(quantity) is >= 0 and var at ? Counts.Of(at) : [];

    /// <summary>Share of each feature in the mean |SHAP value|; empty where no row could be explained.</summary>
    public double[] AttributionShares()
    {
        double total = 0;
        foreach (long part in _attributions)
        {
            total += part;
        }

        return total == 0 ? [] : [.. _attributions.Select(part => part / total)];
    }

    /// <summary>Adds a decision by its kind.</summary>
    public void Decided(Decision decision, bool scored)
    {
        switch (decision)
        {
            case Decision.Approve:
                Approved++;
                break;
            case Decision.Review:
                Review++;
                break;
            default:
                Blocked++;
                break;
        }

        Unscored += scored ? 0 : 1;
    }

    /// <summary>Adds the contributions of one explained row, F of them.</summary>
    public void Attributed(ReadOnlySpan<double> contributions)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(contributions.Length, _attributions.Length);
        for (int f = 0; f < contributions.Length; f++)
        {
            _attributions[f] += (long)Math.Round(Math.Abs(contributions[f]) / AttributionUnit);
        }

        Explained++;
    }

    public void Merge(WindowCounts other)
    {
        Kinds(other, 1);
        Counts.Add(other.Counts);
        Attributions(other, 1);
    }

    /// <summary>Takes away a window that is part of this one.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public void Subtract(WindowCounts other)
    {
        Counts.Subtract(other.Counts);
        Kinds(other, -1);
        Attributions(other, -1);
    }

    /// <summary>Adds a stored bucket; one over other bins only by its decisions.</summary>
    public void Merge(WindowBucketRow row)
    {
        Approved += row.Approved;
        Review += row.Review;
        Blocked += row.Blocked;
        Unscored += row.Unscored;
        if (row.Layout == layout.Hash)
        {
            MergeBytes(row.Counts);
        }
        else
        {
            OtherBins += row.Approved + row.Review + row.Blocked;
        }
    }

    /// <summary>Adds counts as they are stored, and no decisions.</summary>
    /// <exception cref="FormatException">They are of other bins, or damaged.</exception>
    public void MergeBytes(byte[] bytes)
    {
        using BinaryReader reader = new(new MemoryStream(bytes));
        try
        {
            Counts.Add(DriftCounts.FromBytes(layout.Bins, reader.ReadBytes(reader.Read7BitEncodedInt())));
            Explained += reader.Read7BitEncodedInt64();
            for (int f = 0; f < _attributions.Length; f++)
            {
                _attributions[f] += reader.Read7BitEncodedInt64();
            }
        }
        catch (EndOfStreamException e)
        {
            throw new FormatException("The bucket ends early.", e);
        }
    }

    /// <summary>What is stored beside the decisions' numbers.</summary>
    public byte[] ToBytes()
    {
        byte[] counts = Counts.ToBytes();
        using MemoryStream bytes = new();
        using BinaryWriter writer = new(bytes);
        writer.Write7BitEncodedInt(counts.Length);
        writer.Write(counts);
        writer.Write7BitEncodedInt64(Explained);
        foreach (long part in _attributions)
        {
            writer.Write7BitEncodedInt64(part);
        }

        return bytes.ToArray();
    }

    private void Kinds(WindowCounts other, int sign)
    {
        Approved += sign * other.Approved;
        Review += sign * other.Review;
        Blocked += sign * other.Blocked;
        Unscored += sign * other.Unscored;
        OtherBins += sign * other.OtherBins;
    }

    private void Attributions(WindowCounts other, int sign)
    {
        Explained += sign * other.Explained;
        for (int f = 0; f < _attributions.Length; f++)
        {
            _attributions[f] += sign * other._attributions[f];
        }
    }
}
