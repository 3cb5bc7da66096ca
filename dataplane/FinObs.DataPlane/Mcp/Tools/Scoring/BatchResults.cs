using System.Text.Json.Serialization;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Ingestion;
using FinObs.DataPlane.Mcp.Schemas;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Mcp.Tools.Scoring;

/// <summary>One item of a batch: what is decided, or what is wrong with it.</summary>
/// <param name="Index">Its place in the call, from 0.</param>
/// <param name="TransactionId">As given, or one made up here.</param>
/// <param name="Decision">Absent where there is an error.</param>
/// <param name="AnomalyScore">Absent where there is an error or no model could score.</param>
/// <param name="RiskLevel">The decision in one word.</param>
/// <param name="RiskFactors">Reasons, the strongest first; absent where there are none.</param>
/// <param name="ModelVersion">What scored it.</param>
/// <param name="Id">Our id, of a transaction that is stored.</param>
/// <param name="Error">What to send instead.</param>
/// <param name="Code">The same as a word.</param>
internal sealed record BatchItem(
    int Index,
    string? TransactionId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Decision? Decision = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? AnomalyScore = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RiskLevel? RiskLevel = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? RiskFactors = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ModelVersion = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? Id = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Code = null)
{
    /// <summary>Somebody has to look at it.</summary>
    public bool IsOfNote() => Error is not null || Decision is not Contracts.Transactions.Decision.Approve;
}

/// <summary>Which items of a batch are shown.</summary>
internal static class BatchResults
{
    private const int Default = 100;

    public static ToolField Field { get; } = ToolField.Whole(
        "max_results", "Entries in results. Where there are more items, errors and flagged ones come before approvals; results_omitted says how many are left out.", 1, TransactionFields.Most, Default);

    public static int MostOf(int? asked) => asked ?? Default;

    public static BatchItem Of(TransactionOutcome outcome, int index)
    {
        switch (AnswerWriter.ToItem(outcome, index))
        {
            case TransactionResult result:
                return new BatchItem(
                    index, result.TransactionId, result.Decision, result.AnomalyScore, result.RiskLevel, result.RiskFactors.Count == 0 ? null : result.RiskFactors, result.ModelVersion, result.Stored ? result.Id : null);
            case TransactionItemError error:
                return new BatchItem(index, error.TransactionId, Error: error.Error, Code: error.Code);
            default:
                throw new InvalidOperationException("An item that is not known.");
        }
    }

    /// <summary>At most so many, those of note before the others, in the order of the call.</summary>
    public static IReadOnlyList<BatchItem> Shown(IReadOnlyList<BatchItem> items, int most) =>
        items.Count <= most ? items : [.. items.Where(item => item.IsOfNote()).Concat(items.Where(item => !item.IsOfNote())).Take(most).OrderBy(item => item.Index)];
}
