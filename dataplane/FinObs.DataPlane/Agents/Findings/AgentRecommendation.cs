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
    public const string HoldType = "case.hold";
    public const string ReleaseType = "case.release";
    public const string InformationType = "case.request_information";
    public const string PauseType = "rollout.pause";
    public const string EnableType = "callback.enable";
    public const string BacktestType = "model.backtest";
    public const string OverrideType = "decision.override";
    public const string ListType = "list.entry";
    public const string NoneType = "none";

    /// <summary>Every type that something is done for.</summary>
    public static readonly string[] Types = [EscalateType, AssignType, HoldType, ReleaseType, InformationType, OverrideType, ListType, PauseType, EnableType, BacktestType];

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

    /// <summary>It waits, and nobody is reminded of it, for some days.</summary>
    internal sealed record HoldCase(Guid CaseId, int Days) : AgentRecommendation
    {
        public const int MostDays = 90;

        public override string Type => HoldType;

        public override string? Target => $"case:{CaseId}";

        public override string Words => $"Hold the case for {Days} days";
    }

    /// <summary>It waits no longer.</summary>
    internal sealed record ReleaseCase(Guid CaseId) : AgentRecommendation
    {
        public override string Type => ReleaseType;

        public override string? Target => $"case:{CaseId}";

        public override string Words => "Release the case that is on hold";
    }

    /// <summary>A question of ours in the case: an agent chooses which, and writes none.</summary>
    internal sealed record RequestInformation(Guid CaseId, WantedInformation About) : AgentRecommendation
    {
        public override string Type => InformationType;

        public override string? Target => $"case:{CaseId}";

        public override string Words => $"Request information in the case: {Question}";

        public string Question => About switch
        {
            WantedInformation.Purpose => "What is the purpose of these payments?",
            WantedInformation.SourceOfFunds => "Where do the funds come from, and what shows it?",
            WantedInformation.Counterparty => "Who is the counterparty, and what is known of it?",
            _ => "Which documents show that the customer is who it says?",
        };
    }

    /// <summary>The candidate gets no further; its share stays.</summary>
    /// <param name="Rollout">Name of the ModelVersion resource.</param>
    internal sealed record PauseRollout(string Rollout) : AgentRecommendation
    {
        public override string Type => PauseType;

        public override string? Target => $"rollout:{Rollout}";

        public override string Words => $"Pause the rollout {Rollout}";
    }

    /// <param name="Callback">Name of the CallbackTarget resource.</param>
    internal sealed record EnableCallback(string Callback) : AgentRecommendation
    {
        public override string Type => EnableType;

        public override string? Target => $"callback:{Callback}";

        public override string Words => $"Enable deliveries to {Callback} again";
    }

    /// <summary>Scores what was decided lately with that version again, and compares.</summary>
    internal sealed record RunBacktest(string Model, string Version, int Days) : AgentRecommendation
    {
        public const int MostDays = 366;

        public override string Type => BacktestType;

        public override string? Target => $"model:{Model}@{Version}";

        public override string Words => $"Backtest {Model}@{Version} on the last {Days} days";
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

/// <summary>What people can be asked for.</summary>
internal enum WantedInformation
{
    Purpose,
    SourceOfFunds,
    Counterparty,
    Identity,
}

/// <summary>What of a transaction can be put on a list.</summary>
internal enum ListedField
{
    Account,
    Counterparty,
}
