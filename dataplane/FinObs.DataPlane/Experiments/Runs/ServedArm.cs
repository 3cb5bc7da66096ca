using System.Text.Json;

namespace FinObs.DataPlane.Experiments.Runs;

/// <summary>An arm with the version that it leads to.</summary>
/// <param name="Name">Arm.</param>
/// <param name="VersionId">Row of <c>model_versions</c>.</param>
/// <param name="Buckets">Its share of the units that take part, of 10,000.</param>
internal sealed record ServedArm(string Name, long VersionId, int Buckets)
{
    public static IReadOnlyList<ServedArm> Read(string json) => JsonSerializer.Deserialize<ServedArm[]>(json) ?? [];

    public static string Write(IReadOnlyList<ServedArm> arms) => JsonSerializer.Serialize(arms);
}

/// <summary>From when on how many units take part. A decision counts only where its unit took part then: what it got before was nobody's arm.</summary>
/// <param name="Since">When.</param>
/// <param name="Buckets">Of 10,000.</param>
internal sealed record Enrolment(DateTimeOffset Since, int Buckets)
{
    public static IReadOnlyList<Enrolment> Read(string json) => JsonSerializer.Deserialize<Enrolment[]>(json) ?? [];

    public static string Write(IReadOnlyList<Enrolment> all) => JsonSerializer.Serialize(all);

    /// <summary>How many took part then.</summary>
    public static int At(IReadOnlyList<Enrolment> all, DateTimeOffset at) => all.LastOrDefault(one => one.Since <= at)?.Buckets ?? 0;
}
