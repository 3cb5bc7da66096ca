using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.DataPlane.Monitoring.Windows;

namespace FinObs.DataPlane.Drift.Checks;

/// <summary>Which of a version's quantities a policy has judged, and which it asks for in vain.</summary>
internal sealed record DriftTargets
{
    /// <summary>Features of the clock: their distribution follows the hour, so a window that is no whole week always differs from the whole reference.</summary>
    private const string Calendar = "hour_";

    private readonly HashSet<int> _likeForLike = [];

    /// <summary>Positions in the layout.</summary>
    public required IReadOnlyList<int> Features { get; init; }

    /// <summary>Positions in the layout: score and reconstruction error.</summary>
    public required IReadOnlyList<int> Outputs { get; init; }

    public required bool AlertRate { get; init; }

    public required IReadOnlyList<string> LeftOut { get; init; }

    public bool LikeForLike(int at) => _likeForLike.Contains(at);

    public static DriftTargets Of(DriftPolicySpec spec, WindowLayout layout, bool hasEarlier)
    {
        List<int> features = [];
        HashSet<int> alike = [];
        List<string> leftOut = [];
        bool wanted = spec.Targets.Contains(DriftTarget.Features) || spec.Targets.Contains(DriftTarget.DataQuality);
        for (int at = 0; at < layout.Features && wanted; at++)
        {
            string name = layout.Bins[at].Name;
            bool isCalendar = name.StartsWith(Calendar, StringComparison.Ordinal), isAlike = isCalendar || spec.Compare == DriftComparison.SameHourOfWeek;
            if ((spec.Features.Include is { Count: > 0 } include && !include.Contains(name)) || spec.Features.Exclude?.Contains(name) == true)
            {
                continue;
            }

            if (isCalendar && spec.Features.Calendar == CalendarFeatures.Exclude)
            {
                leftOut.Add($"{name}: follows the clock (features.calendar: Exclude)");
            }
            else if (isAlike && !hasEarlier)
            {
                leftOut.Add($"{name}: the same hours of the last four weeks have too few transactions of this version");
            }
            else
            {
                features.Add(at);
                _ = isAlike && alike.Add(at);
            }
        }

        leftOut.AddRange(Unbuilt(spec));
        int score = spec.Targets.Contains(DriftTarget.Score) ? layout.IndexOf(WindowLayout.Score) : -1;
        int error = spec.Targets.Contains(DriftTarget.ReconstructionError) ? layout.IndexOf(WindowLayout.ReconstructionError) : -1;
        DriftTargets targets = new()
        {
            Features = features,
            Outputs = [.. new[] { score, error }.Where(at => at >= 0 && layout.Features > 0)],
            AlertRate = spec.Targets.Contains(DriftTarget.AlertRate),
            LeftOut = leftOut,
        };
        targets._likeForLike.UnionWith(alike);
        return targets;
    }

    /// <summary>What this version of the product does not judge, said in every report.</summary>
    public static IEnumerable<string> Unbuilt(DriftPolicySpec spec)
    {
        if (spec.Tests.Threshold.Mode == ThresholdMode.Learned) yield return "tests.threshold: Learned is not built yet, the fixed thresholds hold";
        if (spec.Tests.Numeric.Primary != NumericTest.Psi) yield return $"tests.numeric.primary: {spec.Tests.Numeric.Primary} is shown, Psi decides";
        if (spec.Tests.Categorical.Primary != CategoricalTest.JensenShannon) yield return $"tests.categorical.primary: {spec.Tests.Categorical.Primary} is shown, JensenShannon decides";
        if (spec.Tests.Correction != MultipleTestCorrection.BenjaminiHochberg) yield return $"tests.correction: {spec.Tests.Correction} is not built yet, BenjaminiHochberg holds";
        if (spec.Tests.Numeric.Bins != 10) yield return "tests.numeric.bins: windows are kept in 10 quantile bins";
    }
}
