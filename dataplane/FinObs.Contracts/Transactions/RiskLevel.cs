using System.Text.Json.Serialization;

namespace FinObs.Contracts.Transactions;

/// <summary>The decision in one word for people who look at a list: follows from the decision's thresholds, never from a second rule.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RiskLevel>))]
public enum RiskLevel
{
    /// <summary>Below the review threshold.</summary>
    [JsonStringEnumMemberName("low")]
    Low = 0,

    /// <summary>At or above the review threshold.</summary>
    [JsonStringEnumMemberName("medium")]
    Medium = 1,

    /// <summary>At or above the block threshold.</summary>
    [JsonStringEnumMemberName("high")]
    High = 2,
}
