using System.Text.Json.Serialization;

namespace FinObs.Contracts.Transactions;

/// <summary>What is done with a transaction. On the wire: <c>approve</c>, <c>manual_review</c>, <c>block</c>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Decision>))]
public enum Decision
{
    /// <summary>It goes through.</summary>
    [JsonStringEnumMemberName("approve")]
    Approve = 0,

    /// <summary>A person decides.</summary>
    [JsonStringEnumMemberName("manual_review")]
    Review = 1,

    /// <summary>It is stopped.</summary>
    [JsonStringEnumMemberName("block")]
    Block = 2,
}
