namespace FinObs.DataPlane.Mcp.Calls;

/// <summary>What a tool says.</summary>
internal abstract record ToolAnswer
{
    private ToolAnswer()
    {
    }

    /// <param name="Value">The record of the card's output.</param>
    internal sealed record Done(object Value) : ToolAnswer
    {
        /// <summary>For the statistics: <c>approve</c>, <c>manual_review</c> or <c>block</c> of a single transaction.</summary>
        public string? Decision { get; init; }

        /// <summary>The caller asked for all of it, however long.</summary>
        public bool AsLongAsItIs { get; init; }
    }

    /// <param name="Why">Sentences that say what to send instead; without values that were sent.</param>
    internal sealed record Refused(string Why) : ToolAnswer;

    /// <summary>Our fault; what went wrong is in the log.</summary>
    internal sealed record Failed : ToolAnswer;
}
