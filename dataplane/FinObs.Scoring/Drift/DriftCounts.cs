namespace FinObs.Scoring.Drift;

/// <summary>
/// All that is kept of a window of rows: counts in frozen bins. A row costs one search a feature; two windows (replicas, hours of a day) become one by addition; the state has one size, however many rows there were.
/// </summary>
public sealed class DriftCounts
{
    private readonly FeatureBins[] _bins;
    private readonly int[] _offsets;
    private readonly long[] _counts;

    /// <summary>An empty window.</summary>
    /// <param name="bins">F bins, in the order of a row's values.</param>
    public DriftCounts(FeatureBins[] bins)
    {
        _bins = bins;
        _offsets = new int[bins.Length + 1];
        for (int i = 0; i < bins.Length; i++)
        {
            _offsets[i + 1] = _offsets[i] + bins[i].Counters;
        }

        _counts = new long[_offsets[^1]];
    }

    /// <summary>F.</summary>
    public int Features => _bins.Length;

    /// <summary>Rows counted.</summary>
    public long Rows { get; private set; }

    /// <summary>Counts one row.</summary>
    /// <param name="row">F values.</param>
    public void Add(ReadOnlySpan<double> row)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, _bins.Length);
        for (int i = 0; i < row.Length; i++)
        {
            _counts[_offsets[i] + _bins[i].CounterOf(row[i])]++;
        }

        Rows++;
    }

    /// <summary>Adds another window over the same bins.</summary>
    public void Add(DriftCounts other)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(other._counts.Length, _counts.Length);
        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] += other._counts[i];
        }

        Rows += other.Rows;
    }

    /// <summary>Takes another window away again, for windows that slide.</summary>
    /// <exception cref="ArgumentException">It was never added.</exception>
    public void Subtract(DriftCounts other)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(other._counts.Length, _counts.Length);
        for (int i = 0; i < _counts.Length; i++)
        {
            if (other._counts[i] > _counts[i])
            {
                throw new ArgumentException("A window that is no part of this one cannot be taken from it.", nameof(other));
            }
        }

        for (int i = 0; i < _counts.Length; i++)
        {
            _counts[i] -= other._counts[i];
        }

        Rows -= other.Rows;
    }

    /// <summary>Counts of one feature in its fine bins (for categories: the last is of values never seen).</summary>
    public ReadOnlySpan<long> Of(int feature) => _counts.AsSpan(_offsets[feature], _bins[feature].Fine.Length);

    /// <summary>Rows whose value was no finite number.</summary>
    public long Missing(int feature) => _counts[_offsets[feature + 1] - 1];

    /// <summary>Variable-length integers: rows, then all counts.</summary>
    public byte[] ToBytes()
    {
        using MemoryStream bytes = new();
        using BinaryWriter writer = new(bytes);
        writer.Write7BitEncodedInt64(Rows);
        foreach (long count in _counts)
        {
            writer.Write7BitEncodedInt64(count);
        }

        return bytes.ToArray();
    }

    /// <summary>The reverse of <see cref="ToBytes"/>.</summary>
    /// <exception cref="FormatException">The bytes are of other bins, or damaged.</exception>
    public static DriftCounts FromBytes(FeatureBins[] bins, byte[] bytes)
    {
        DriftCounts counts = new(bins);
        using BinaryReader reader = new(new MemoryStream(bytes));
        try
        {
            counts.Rows = reader.Read7BitEncodedInt64();
            for (int i = 0; i < counts._counts.Length; i++)
            {
                counts._counts[i] = reader.Read7BitEncodedInt64();
            }
        }
        catch (EndOfStreamException e)
        {
            throw new FormatException("The counts are of fewer bins than these.", e);
        }

        return reader.BaseStream.Position == bytes.Length ? counts : throw new FormatException("The counts are of more bins than these.");
    }
}
