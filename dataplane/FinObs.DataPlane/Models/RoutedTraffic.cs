using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Scoring.Experiments;
using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Models;

/// <summary>Which versions decide a namespace's transactions, and which only score beside them. Immutable: a change of route is another one.</summary>
/// <param name="Stable">Decides whatever is not shared; null where no usable model is loaded: then transactions go to review.</param>
internal sealed record RoutedTraffic(RoutedModel? Stable)
{
    public static readonly RoutedTraffic Nobody = new((RoutedModel?)null);

    /// <summary>Null = the stable version decides everything.</summary>
    public TrafficShares? Shares { get; init; }

    public IReadOnlyList<ShadowModel> Shadows { get; init; } = [];

    /// <summary>What features have to be taken by: profiles move on while they are taken, so all that any version might need is taken in one pass.</summary>
    public IReadOnlyList<FeatureExtractor> Extractors => field ??= [.. Models().SelectMany(WithStandIn).Select(model => model.Extractor).Distinct()];

    /// <summary>The stable version alone.</summary>
    public RoutedTraffic Alone => field ??= Shares is null && Shadows.Count == 0 ? this : new RoutedTraffic(Stable);

    private IEnumerable<RoutedModel> Models() => new[] { Stable }.Concat(Shares?.Arms ?? []).Concat(Shadows.Select(shadow => shadow.Model)).OfType<RoutedModel>();

    private static IEnumerable<RoutedModel> WithStandIn(RoutedModel model) => model is { RunsHere: false, LastGood: { } standIn } ? [model, standIn] : [model];
}

/// <summary>How units are shared among versions.</summary>
/// <param name="Salt">See <see cref="Assignment"/>.</param>
/// <param name="Unit">What stays with one version.</param>
/// <param name="Enrolled">Buckets, of 10,000, that take part.</param>
/// <param name="Weights">Buckets of each arm, of 10,000.</param>
/// <param name="Arms">The version of each arm; null = the stable one.</param>
internal sealed record TrafficShares(string Salt, UnitKey Unit, int Enrolled, int[] Weights, RoutedModel?[] Arms)
{
    /// <summary>The version that decides for a unit; null = the stable one.</summary>
    public RoutedModel? Of(string unit) => Assignment.ArmOf(Salt, unit, Enrolled, Weights) is >= 0 and int arm ? Arms[arm] : null;
}

/// <summary>A version that scores a share of the traffic and decides nothing.</summary>
/// <param name="Model">The version.</param>
/// <param name="Percent">Its share.</param>
internal sealed record ShadowModel(RoutedModel Model, int Percent);
