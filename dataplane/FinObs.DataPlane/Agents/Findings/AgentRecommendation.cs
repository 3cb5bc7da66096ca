using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions;

namespace FinObs.DataPlane.Agents.Findings;

/// <summary>What an agent would have done. It is a proposal: people decide on it.</summary>
internal abstract record AgentRecommendation
{
    /// <summary>Begins the names of the acts that people are asked for.</summary>
    public const string Prefix = "agent.";

    public const string EscalateType = "case.escalate";
    public const string AssignType = "case.assign";
    public const string OverrideType = "decision.override";
    public const string ListType = "list.entry";
    public const string NoneType = "none";

    /// <summary>Every type that something is done for.</summary>
    public static readonly string[] Types = [EscalateType, AssignType, OverrideType, ListType];

    /// <summary>As it is written.</summary>
    public abstract string Type { get; }

    /// <summary>Id of the document that shows what it is done to; null for nothing.</summary>
    public abstract string? Target { get; }

    /// <summary>As people see it.</summary>
    public abstract string Words { get; }

    internal sealed record None : AgentRecommendation
    {
        public override string Type => NoneType;

        public override string? Target => null;

        public override string Words => "Do nothing";
    }

    internal sealed record EscalateCase(Guid CaseId) : AgentRecommendation
    {
        public override string Type => EscalateType;

        public override string? Target => $"case:{CaseId}";

        public override string Words => "Escalate the case";
    }

    /// <param name="CaseId">Which.</param>
    /// <param name="To">An actor or a queue, as people are named in cases.</param>
    internal sealed record AssignCase(Guid CaseId, string To) : AgentRecommendation
    {
        public override string Type => AssignType;

        public override string? Target => $"case:{CaseId}";

        public override string Words => $"Assign the case to {To}";
    }

    /// <param name="DecisionId">Which.</param>
    /// <param name="To">What is to hold.</param>
    internal sealed record OverrideDecision(Guid DecisionId, Decision To) : AgentRecommendation
    {
        public override string Type => OverrideType;

        public override string? Target => $"decision:{DecisionId}";

        public override string Words => $"Override the decision to {To.OnTheWire()}";
    }

    /// <summary>The value itself is read from the transaction when it is done: no agent handles it.</summary>
    /// <param name="DecisionId">Whose transaction.</param>
    /// <param name="List">A list that the rules declare.</param>
    /// <param name="Field">Which of its values.</param>
    /// <param name="Days">From then on it does not count any more.</param>
    internal sealed record AddToList(Guid DecisionId, string List, ListedField Field, int Days) : AgentRecommendation
    {
        public const int MostDays = 366;

        public override string Type => ListType;

        public override string? Target => $"decision:{DecisionId}";

        public override string Words => $"Put the {Field.ToString().ToLowerInvariant()} of the transaction on the list {List} for {Days} days";
    }
}

/// <summary>What of a transaction can be put on a list.</summary>
internal enum ListedField
{
    Account,
    Counterparty,
}
