using System.Text.Json;
using System.Text.Json.Serialization;

namespace FinObs.DataPlane.Cases.Sar;

/// <summary>How far a report is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SarStatus>))]
internal enum SarStatus
{
    Draft,
    Reviewed,

    /// <summary>Filed with FinCEN, outside of this system; the reference says as what. Nothing changes it any more.</summary>
    Filed,

    /// <summary>Decided not to file.</summary>
    Dropped,
}

/// <summary>What of the evidence a narrative rests on; each was looked up when it was cited.</summary>
/// <param name="TransactionId">Our id.</param>
/// <param name="DecisionId">The decision of record.</param>
/// <param name="LeafId">The leaf that proves both.</param>
/// <param name="InCase">It belongs to the case.</param>
internal sealed record SarCitation(Guid TransactionId, Guid DecisionId, Guid LeafId, bool InCase);

/// <summary>Who brought it to a status, and when.</summary>
internal sealed record SarStep(SarStatus Status, string By, DateTimeOffset At, string? Note);

/// <summary>A suspicious activity report as one revision holds it; only ever stored sealed.</summary>
internal sealed record SarReport
{
    /// <summary>31 CFR 1020.320(b)(3): thirty days after initial detection; sixty where no suspect was identified on that day.</summary>
    private static readonly TimeSpan WithSuspect = TimeSpan.FromDays(30);
    private static readonly TimeSpan WithoutSuspect = TimeSpan.FromDays(60);

    public required SarStatus Status { get; init; }

    public required string Narrative { get; init; }

    public required bool SuspectIdentified { get; init; }

    public required DateTimeOffset DetectedAt { get; init; }

    public required IReadOnlyList<SarCitation> Citations { get; init; }

    /// <summary>What FinCEN gave it, once it is filed.</summary>
    public string? Reference { get; init; }

    public required IReadOnlyList<SarStep> Steps { get; init; }

    [JsonIgnore]
    public DateTimeOffset DueAt => DetectedAt + (SuspectIdentified ? WithSuspect : WithoutSuspect);

    /// <summary>Who wrote what is to be reviewed.</summary>
    [JsonIgnore]
    public string? Author => Steps.LastOrDefault(step => step.Status == SarStatus.Draft)?.By;

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web);

    public static SarReport Read(byte[] bytes) => JsonSerializer.Deserialize<SarReport>(bytes, JsonSerializerOptions.Web)!;
}
