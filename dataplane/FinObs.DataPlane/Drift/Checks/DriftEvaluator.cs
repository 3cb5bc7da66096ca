using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Monitoring.Windows;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Drift;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Drift.Checks;

/// <summary>Compares a window of a version with its reference, from counts alone: the cost is that of the bins.</summary>
internal sealed class DriftEvaluator(VersionWindows windows, WindowLayouts layouts, RouteStore routes, EngineDirectory engines, LabelPerformance labels, IDatabase database)
{
    private const int WeeksBack = 4;

    /// <summary>An alert rate is another one from half as much more or less on, where that is no chance (three standard errors).</summary>
    private const double LeastAlertChange = 0.5;
    private const double StandardErrors = 3;

    /// <summary>The version that a policy watches: the named one, else the one that decides; null where there is none.</summary>
    public async Task<RouteVersion?> VersionAsync(string @namespace, string? model, string? version, CancellationToken cancellationToken)
    {
        if (!string.IsNullOrEmpty(version))
        {
            await using FinObsDbContext db = database.CreateContext();
            return await db.ModelVersions.Where(row => (row.Namespace == @namespace || row.Namespace == ModelRouter.DefaultNamespace) && row.Model == model && row.Version == version)
                .OrderBy(row => row.Namespace == @namespace ? 0 : 1).Select(row => new RouteVersion(row.Id, row.Model, row.Version, row.Digest, row.Origin)).FirstOrDefaultAsync(cancellationToken);
        }

        RouteVersion? stable = await routes.DecidingAsync(@namespace, cancellationToken);
        return model is null || stable?.Model == model ? stable : null;
    }

    public async Task<bool> HasReferenceAsync(long versionId, CancellationToken cancellationToken) => (await layouts.OfAsync(versionId, cancellationToken)).Features > 0;

    /// <summary>The figures, and what they mean; no meaning where there are fewer than the policy wants.</summary>
    public async Task<(DriftWindowFigures Figures, DriftJudgement? Judgement)> EvaluateAsync(
        string @namespace, DriftPolicySpec spec, long versionId, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        WindowCounts window = await windows.ReadAsync(@namespace, versionId, WindowRole.Decided, from, to, cancellationToken);
        WindowCounts? earlier = await EarlierAsync(@namespace, spec, versionId, from, to, cancellationToken);
        WindowLayout layout = window.Layout;
        DriftTargets targets = DriftTargets.Of(spec, layout, earlier is not null);
        DriftWindowFigures figures = new()
        {
            Samples = window.Rows,
            Approved = window.Approved,
            Review = window.Review,
            Blocked = window.Blocked,
            Unscored = window.Unscored,
            ComparedWith = spec.Compare == DriftComparison.SameHourOfWeek && earlier is not null ? "same hours of the week" : "reference",
            LeftOut = targets.LeftOut,
        };
        if (window.Counts.Rows < spec.Window.MinSamples)
        {
            return (figures, null);
        }

        DriftLimits limits = LimitsOf(spec);
        FeatureDrift[] features = [.. targets.Features.Select(at => Compare(layout, window, at, targets.LikeForLike(at) ? earlier : null))];
        FeatureDrift[] outputs = [.. targets.Outputs.Select(at => Compare(layout, window, at, null))];
        double baseline = await AlertBaselineAsync(@namespace, versionId, from, spec.Window.MinSamples, cancellationToken);
        DriftJudgement judgement = new(
            DriftRule.Judge(features, LimitsOfFeatures(spec, limits)), DriftRule.Judge(outputs, limits with { MinShare = 0 }), baseline, targets.AlertRate && IsOther(figures.AlertRate, baseline, figures.Samples));
        return await WithReasonsAndLabelsAsync(@namespace, spec, versionId, window, to, figures, judgement, cancellationToken);
    }

    /// <summary>What only some policies ask for.</summary>
    private async Task<(DriftWindowFigures Figures, DriftJudgement Judgement)> WithReasonsAndLabelsAsync(
        string @namespace, DriftPolicySpec spec, long versionId, WindowCounts window, DateTimeOffset to, DriftWindowFigures figures, DriftJudgement judgement, CancellationToken cancellationToken)
    {
        List<string> leftOut = [.. figures.LeftOut];
        AttributionDrift? attribution = null;
        if (spec.Targets.Contains(DriftTarget.ShapAttribution))
        {
            attribution = AttributionDrift.Of(window, (double)spec.Tests.Categorical.Threshold, spec.Window.MinSamples);
            if (attribution is null)
            {
                leftOut.Add(window.Layout.ReferenceAttributions.Length == 0
                    ? "ShapAttribution: the version is not one whose SHAP values are computed here"
                    : FormattableString.Invariant($"ShapAttribution: {window.Explained} transactions of the window could be explained; window.minSamples is {spec.Window.MinSamples}"));
            }
        }

        PerformanceDrift? performance = null;
        if (spec.Targets.Contains(DriftTarget.Performance))
        {
            (performance, string? reason) = await labels.JudgeAsync(@namespace, spec, versionId, to, cancellationToken);
            leftOut.AddRange(reason is null ? [] : [reason]);
        }

        return (figures with { LeftOut = leftOut }, judgement with { Attribution = attribution, Performance = performance });
    }

    /// <summary>The same hours of the four weeks before, added up; null where they are not wanted or have too few rows.</summary>
    private async Task<WindowCounts?> EarlierAsync(string @namespace, DriftPolicySpec spec, long versionId, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        if (spec.Compare != DriftComparison.SameHourOfWeek && spec.Features.Calendar != CalendarFeatures.LikeForLike)
        {
            return null;
        }

        WindowCounts earlier = await windows.ReadAsync(@namespace, versionId, WindowRole.Decided, from.AddDays(-7), to.AddDays(-7), cancellationToken);
        for (int week = 2; week <= WeeksBack; week++)
        {
            earlier.Merge(await windows.ReadAsync(@namespace, versionId, WindowRole.Decided, from.AddDays(-7 * week), to.AddDays(-7 * week), cancellationToken));
        }

        return earlier.Counts.Rows >= spec.Window.MinSamples ? earlier : null;
    }

    /// <summary>What this version usually flagged in the four weeks before, else what its threshold means: on a calibrated score t, 1 - t.</summary>
    private async Task<double> AlertBaselineAsync(string @namespace, long versionId, DateTimeOffset from, int least, CancellationToken cancellationToken)
    {
        DateTimeOffset to = WindowBuckets.HourOf(from);
        List<(DateTimeOffset Start, DecisionKinds Kinds)> before = await windows.HoursAsync(@namespace, versionId, WindowRole.Decided, to.AddDays(-7 * WeeksBack), to, cancellationToken);
        return AlertBaseline.Of(before, to, least, 1 - (await engines.ThresholdsAsync(versionId, cancellationToken)).ReviewAt);
    }

    private static bool IsOther(double rate, double baseline, long rows)
    {
        double error = Math.Sqrt(Math.Max(baseline * (1 - baseline), 1e-9) / rows), change = Math.Abs(rate - baseline);
        return change > StandardErrors * error && change > LeastAlertChange * baseline;
    }

    private static FeatureDrift Compare(WindowLayout layout, WindowCounts window, int at, WindowCounts? earlier)
    {
        FeatureBins bins = earlier is null ? layout.Bins[at] : layout.Bins[at].Against(earlier.Counts.Of(at));
        return FeatureDrift.Of(bins, window.Counts.Of(at), window.Counts.Missing(at));
    }

    /// <summary>Where only the quality of features is a target, no distribution of theirs drifts.</summary>
    private static DriftLimits LimitsOfFeatures(DriftPolicySpec spec, DriftLimits limits) => spec.Targets.Contains(DriftTarget.Features)
        ? limits
        : limits with { PopulationStability = double.PositiveInfinity, WarnPopulationStability = double.PositiveInfinity, JensenShannon = double.PositiveInfinity };

    /// <summary>Where quality is no target, no share of missing or unseen values is too large.</summary>
    private static DriftLimits LimitsOf(DriftPolicySpec spec) => new()
    {
        PopulationStability = (double)spec.Tests.Numeric.Threshold,
        WarnPopulationStability = (double)spec.Tests.Numeric.Warn,
        JensenShannon = (double)spec.Tests.Categorical.Threshold,
        UnseenRate = spec.Targets.Contains(DriftTarget.DataQuality) ? (double)spec.Tests.Categorical.UnseenRateMax : 1,
        Alpha = (double)spec.Tests.Alpha,
        MinShare = (double)spec.Trigger.MinShare,
        SevereRatio = (double)spec.Trigger.SevereRatio,
    };
}
