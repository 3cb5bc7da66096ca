using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Ingestion;
using FinObs.DataPlane.Mcp.Calls;
using FinObs.DataPlane.Mcp.Schemas;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Mcp.Tools.Scoring;

/// <summary><c>explain_transaction</c>.</summary>
internal sealed class ExplainTransactionTool(TransactionChecker checker, ITransactionExplainer explainer, TimeProvider time) : McpTool
{
    public override ToolCard Card { get; } = new()
    {
        Name = "explain_transaction",
        Title = "Explain one transaction's score",
        Description = "Explains the score that a transaction would have: the exact SHAP contribution of each feature, which add up from the base value to the model's output. Use it when somebody asks why a transaction "
            + "like this one is suspicious. Nothing is stored. For a transaction that was already decided use get_transaction, which has its explanation; for what would have to change use what_if.",
        Permission = Permissions.ExplainRead,
        Input = new ToolInput([.. TransactionFields.Asked, ToolField.Namespace()]),
        Output = typeof(ExplainedAnswer),
    };

    public override async Task<ToolAnswer> CallAsync(ToolCall call, CancellationToken cancellationToken)
    {
        TransactionItem item = TransactionFields.One(call, time.GetUtcNow());
        CheckedTransaction one = (await checker.CheckAsync(call.Namespace, [item], progressed: null, cancellationToken))[0];
        if (one.Outcome is not TransactionOutcome.Scored scored)
        {
            return new ToolAnswer.Refused(((TransactionItemError)AnswerWriter.ToItem(one.Outcome, 0)).Error);
        }

        ExplainAnswer why = ExplainAnswers.Of(await explainer.ExplainAsync(call.Namespace, [((TransactionItem.Valid)item).Transaction], cancellationToken));
        return new ToolAnswer.Done(ExplainedAnswer.Of(scored, why)) { Decision = scored.Result.Decision.OnTheWire() };
    }
}

/// <summary>Why a transaction would have its score.</summary>
/// <param name="AnomalyScore">Calibrated, 0..1; null where no model could score.</param>
/// <param name="Decision">What would be done with it.</param>
/// <param name="Confidence">0..100, see check_transaction_compliance.</param>
/// <param name="Reasoning">Why, in words.</param>
/// <param name="Explanation">The sum: base value, output and method, and the features that count most.</param>
/// <param name="FeatureDetails">Every feature, the largest contribution first.</param>
/// <param name="ModelVersion">What scored it.</param>
internal sealed record ExplainedAnswer(
    double? AnomalyScore, Decision Decision, int Confidence, string Reasoning, ExplainedSum Explanation, IReadOnlyList<ExplainFeature> FeatureDetails, string ModelVersion)
{
    public static ExplainedAnswer Of(TransactionOutcome.Scored scored, ExplainAnswer why)
    {
        MonitorAnswer words = MonitorAnswers.Of(scored);
        return new ExplainedAnswer(
            scored.Result.AnomalyScore, scored.Result.Decision, words.Confidence, words.Reasoning,
            new ExplainedSum(why.Method, why.BaseValue, why.ModelOutput, why.TopRiskFactors, why.TopSafeFactors, why.Reason), why.Features, why.ModelVersion);
    }
}

/// <summary>Base value + the sum of the contributions = model output, in margin units; higher is more anomalous.</summary>
internal sealed record ExplainedSum(string Method, double BaseValue, double ModelOutput, IReadOnlyList<string> TopRiskFactors, IReadOnlyList<string> TopSafeFactors, string? WhyNone);
