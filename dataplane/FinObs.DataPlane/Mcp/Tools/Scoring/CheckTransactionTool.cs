using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Ingestion;
using FinObs.DataPlane.Mcp.Calls;
using FinObs.DataPlane.Mcp.Schemas;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Mcp.Tools.Scoring;

/// <summary><c>check_transaction_compliance</c>.</summary>
internal sealed class CheckTransactionTool(TransactionChecker checker, TimeProvider time) : McpTool
{
    public override ToolCard Card { get; } = new()
    {
        Name = "check_transaction_compliance",
        Title = "Check one transaction",
        Description = "Says what would be decided on one transaction (approve, manual_review or block) with the reasons, by the model and rules in force. Use it to judge a transaction before it is sent, or to answer "
            + "\"would this go through?\". Nothing is stored: to submit transactions use ingest_transactions, for many at once batch_check_compliance, for each feature's part explain_transaction.",
        Permission = Permissions.ExplainRead,
        Input = new ToolInput([.. TransactionFields.Asked, ToolField.Namespace()]),
        Output = typeof(CheckAnswer),
    };

    public override async Task<ToolAnswer> CallAsync(ToolCall call, CancellationToken cancellationToken)
    {
        CheckedTransaction one = (await checker.CheckAsync(call.Namespace, [TransactionFields.One(call, time.GetUtcNow())], progressed: null, cancellationToken))[0];
        return one.Outcome is TransactionOutcome.Scored scored
            ? new ToolAnswer.Done(CheckAnswer.Of(scored, one.Features)) { Decision = scored.Result.Decision.OnTheWire() }
            : new ToolAnswer.Refused(((TransactionItemError)AnswerWriter.ToItem(one.Outcome, 0)).Error);
    }
}

/// <summary>What would be decided.</summary>
/// <param name="TransactionId">As given, or one made up here.</param>
/// <param name="Decision">What would be done with it.</param>
/// <param name="Confidence">How far the score lies from the nearest threshold, 0..100: not a probability of fraud.</param>
/// <param name="Reasoning">Why, in words.</param>
/// <param name="AnomalyScore">Calibrated, 0..1; null where no model could score.</param>
/// <param name="RiskLevel">The decision in one word.</param>
/// <param name="RiskFactors">Reasons, the strongest first.</param>
/// <param name="ModelVersion">What scored it.</param>
/// <param name="Features">What the model saw, by catalogue name.</param>
/// <param name="Regulation">What asks for such records, and for the rules that hit.</param>
/// <param name="Stored">False: nothing was.</param>
internal sealed record CheckAnswer(
    string TransactionId, Decision Decision, int Confidence, string Reasoning, double? AnomalyScore, RiskLevel RiskLevel, IReadOnlyList<string> RiskFactors, string ModelVersion, IReadOnlyDictionary<string, double> Features,
    string Regulation, bool Stored)
{
    public static CheckAnswer Of(TransactionOutcome.Scored scored, IReadOnlyDictionary<string, double> features)
    {
        MonitorAnswer words = MonitorAnswers.Of(scored);
        TransactionResult result = scored.Result;
        return new CheckAnswer(
            result.TransactionId, result.Decision, words.Confidence, words.Reasoning, result.AnomalyScore, result.RiskLevel, result.RiskFactors, result.ModelVersion, features, words.AuditTrail.Regulation, result.Stored);
    }
}
