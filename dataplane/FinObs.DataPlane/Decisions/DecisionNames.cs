using FinObs.Contracts.Transactions;

namespace FinObs.DataPlane.Decisions;

internal static class DecisionNames
{
    /// <summary>The name on the wire: <c>approve</c>, <c>manual_review</c>, <c>block</c>.</summary>
    public static string OnTheWire(this Decision decision) => decision switch
    {
        Decision.Approve => "approve",
        Decision.Review => "manual_review",
        _ => "block",
    };

    /// <summary>The reverse; <c>review</c> is taken too.</summary>
    public static Decision? Parse(string text) => text switch
    {
        "approve" => Decision.Approve,
        "manual_review" or "review" => Decision.Review,
        "block" => Decision.Block,
        _ => null,
    };
}
