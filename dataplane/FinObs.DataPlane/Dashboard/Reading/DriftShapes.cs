using FinObs.DataPlane.Drift.Checks;
using FinObs.DataPlane.Monitoring.Windows;
using FinObs.Scoring.Drift;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>How one quantity lay in a check's window, beside what the version froze when it was trained; in the reference's bins.</summary>
/// <param name="Name">Catalogue name.</param>
/// <param name="Bins">From the lowest; open at both ends.</param>
/// <param name="Rows">Of the window, with those below.</param>
/// <param name="Missing">Values that are no finite number.</param>
internal sealed record DriftShape(string Name, IReadOnlyList<DriftBin> Bins, long Rows, long Missing);

/// <summary>A bin.</summary>
/// <param name="Text">Which values, in words.</param>
/// <param name="Reference">Share of the reference, 0..1.</param>
/// <param name="Window">Share of the window, 0..1.</param>
internal sealed record DriftBin(string Text, double Reference, double Window);

/// <summary>Builds shapes from the counts that are kept for five minutes at a time: nothing is read again, and what was counted in other bins, or is forgotten, is not shown.</summary>
internal sealed class DriftShapes(VersionWindows windows, DriftEvaluator evaluator)
{
    /// <summary>Null where the version, its reference or the window's counts are not there any more.</summary>
    public async Task<DriftShape?> OfAsync(DriftCheckRow check, string quantity, CancellationToken cancellationToken)
    {
        if (await evaluator.VersionAsync(check.Namespace, check.Model, check.Version, cancellationToken) is not { } version)
        {
            return null;
        }

        WindowCounts window = await windows.ReadAsync(check.Namespace, version.Id, WindowRole.Decided, check.WindowFrom, check.WindowTo, cancellationToken);
        int at = window.Layout.IndexOf(quantity);
        return at < 0 || window.Counts.Rows == 0 ? null : Of(window.Layout.Bins[at], window.Counts.Of(at), window.Counts.Missing(at));
    }

    /// <param name="bins">The reference's.</param>
    /// <param name="fine">Counts of the window, in the fine bins.</param>
    /// <param name="missing">Values that are no finite number.</param>
    internal static DriftShape Of(FeatureBins bins, ReadOnlySpan<long> fine, long missing)
    {
        long[] now = new long[bins.Coarse.Length];
        for (int i = 0; i < fine.Length; i++)
        {
            now[bins.CoarseOf[i]] += fine[i];
        }

        long before = bins.Coarse.Sum(), rows = now.Sum();
        return new DriftShape(
            bins.Name, [.. bins.Coarse.Select((count, i) => new DriftBin(TextOf(bins, i), before == 0 ? 0 : (double)count / before, rows == 0 ? 0 : (double)now[i] / rows))], rows + missing, missing);
    }

    private static string TextOf(FeatureBins bins, int coarse)
    {
        if (bins.IsCategorical)
        {
            return coarse < bins.Values.Length ? Parts.Words.FeatureValue(bins.Values[coarse]) : "not seen before";
        }

        int first = Array.IndexOf(bins.CoarseOf, coarse), last = Array.LastIndexOf(bins.CoarseOf, coarse);
        string? from = first > 0 ? Parts.Words.FeatureValue(bins.Edges[first - 1]) : null, to = last < bins.Edges.Length ? Parts.Words.FeatureValue(bins.Edges[last]) : null;
        return (from, to) switch
        {
            (null, null) => "all",
            (null, _) => $"up to {to}",
            (_, null) => $"over {from}",
            _ => $"{from} to {to}",
        };
    }
}
