namespace FinObs.Load.Requests;

/// <summary>What a scenario can send.</summary>
internal static class RequestKinds
{
    /// <summary>One transaction.</summary>
    public const string Transaction = "transaction";

    /// <summary>Many transactions in one POST.</summary>
    public const string Batch = "batch";

    /// <summary>The newest decisions, a page.</summary>
    public const string List = "list";

    /// <summary>One decision that this run was told of.</summary>
    public const string Decision = "decision";

    /// <summary>"Why would this have its score?"</summary>
    public const string Explain = "explain";

    /// <summary>A plain GET of a path.</summary>
    public const string Get = "get";

    public static readonly string[] All = [Transaction, Batch, List, Decision, Explain, Get];
}
