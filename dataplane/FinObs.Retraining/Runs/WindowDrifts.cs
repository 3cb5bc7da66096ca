using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Drift;

namespace FinObs.Retraining.Runs;

/// <summary>Counts a window in the bins that a version froze: one row at a time, nothing of it is kept.</summary>
internal sealed class WindowDrifts(ReferenceStatistics reference)
{
    private readonly long[][] _counts = [.. reference.Features.Select(feature => new long[Reference(feature).Length])];
    private long _rows;

    public void Add(ReadOnlySpan<float> row)
    {
        _rows++;
        for (int i = 0; i < row.Length; i++)
        {
            FeatureReference feature = reference.Features[i];
            int bin = feature.Categories is { } categories ? Array.BinarySearch(categories.Values, row[i]) : feature.Bins!.BinOf(row[i]);
            _counts[i][bin >= 0 ? bin : _counts[i].Length - 1]++;
        }
    }

    /// <summary>The largest shift first.</summary>
    public IReadOnlyList<WindowDrift> Compare() =>
    [
        .. reference.Features.Select((feature, i) => new WindowDrift(
                feature.Name, Divergence.PopulationStability(Reference(feature), _counts[i]), Divergence.ExpectedPopulationStability(_counts[i].Length, reference.Rows, Math.Max(1, _rows))))
            .OrderByDescending(drift => drift.Psi).ThenBy(drift => drift.Feature, StringComparer.Ordinal),
    ];

    /// <summary>Categories have one bin more, for values never seen.</summary>
    private static long[] Reference(FeatureReference feature) => feature.Categories is { } categories ? [.. categories.Counts, 0] : feature.Bins!.Counts;
}
