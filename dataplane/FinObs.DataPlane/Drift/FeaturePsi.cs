using System.Text.Json;

namespace FinObs.DataPlane.Drift;

/// <summary>How far one feature has drifted, as the stored report says it; as many as the model has features.</summary>
internal readonly record struct FeaturePsi(string Name, double Psi)
{
    /// <summary>Those that have one: a window with too few samples has none.</summary>
    public static IReadOnlyList<FeaturePsi> Of(string report)
    {
        using JsonDocument document = JsonDocument.Parse(report);
        return document.RootElement.TryGetProperty("features", out JsonElement features)
            ? [.. features.EnumerateArray().Where(feature => feature.GetProperty("psi").ValueKind == JsonValueKind.Number).Select(feature => new FeaturePsi(feature.GetProperty("name").GetString()!, feature.GetProperty("psi").GetDouble()))]
            : [];
    }
}
