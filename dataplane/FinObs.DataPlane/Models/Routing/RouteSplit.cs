using System.Text.Json;
using System.Text.Json.Serialization;
using FinObs.Contracts.Resources.ModelVersions;

namespace FinObs.DataPlane.Models.Routing;

/// <summary>How a namespace's traffic is shared beside its stable version: part of the routing record, so it changes with it in one write.</summary>
internal sealed record RouteSplit
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Whose rollout or experiment moves the shares, e.g. <c>ModelVersion/fraud-2.0.0</c>; null = nobody's, and there are only shadows.</summary>
    public string? Holder { get; init; }

    /// <summary>Decides together with the unit which version it gets: see <see cref="Scoring.Experiments.Assignment"/>.</summary>
    public string Salt { get; init; } = "";

    /// <summary>What stays with one version.</summary>
    public UnitKey Unit { get; init; }

    /// <summary>Buckets of units, of 10,000, that take part; the others are decided by the stable version.</summary>
    public int Enrolled { get; init; }

    /// <summary>The versions among those that take part; their weights add up to 10,000. Empty: the stable version decides everything.</summary>
    public IReadOnlyList<RouteArm> Arms { get; init; } = [];

    /// <summary>Versions that score beside the one that decides.</summary>
    public IReadOnlyList<RouteShadow> Shadows { get; init; } = [];

    public static RouteSplit? Read(string? json) => json is null ? null : JsonSerializer.Deserialize<RouteSplit>(json, Json);

    /// <summary>Always the same for the same shares.</summary>
    public string Write() => JsonSerializer.Serialize(this, Json);

    /// <summary>The share of all units that a version decides, in buckets of 10,000.</summary>
    public int ShareOf(long versionId) => (int)((long)Enrolled * Arms.Where(arm => arm.VersionId == versionId).Sum(arm => arm.Weight) / Scoring.Experiments.Assignment.Buckets);

    /// <summary>Every version that it names.</summary>
    public IEnumerable<long> Versions => Arms.Select(arm => arm.VersionId).OfType<long>().Concat(Shadows.Select(shadow => shadow.VersionId)).Distinct();
}

/// <summary>A version's share of those that take part.</summary>
/// <param name="VersionId">Row of <c>model_versions</c>; null = whichever is stable.</param>
/// <param name="Weight">Buckets, of 10,000.</param>
internal sealed record RouteArm(long? VersionId, int Weight);

/// <summary>A version that scores beside the one that decides.</summary>
/// <param name="VersionId">Row of <c>model_versions</c>.</param>
/// <param name="Percent">The share of the traffic that it scores.</param>
internal sealed record RouteShadow(long VersionId, int Percent);
