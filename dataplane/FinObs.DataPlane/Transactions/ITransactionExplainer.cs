using FinObs.Scoring.Explanation;

namespace FinObs.DataPlane.Transactions;

/// <summary>Answers "why would this have its score" without storing anything.</summary>
internal interface ITransactionExplainer
{
    /// <summary>Scores each transaction against its account's profile as it stands, none seeing another, and explains it.</summary>
    /// <returns>One explanation per transaction, in order; all from the same model version: that which would decide them all, else the stable one.</returns>
    /// <exception cref="PipelineUnavailableException">There is no usable model, or the database is away.</exception>
    Task<TransactionExplanations> ExplainAsync(string @namespace, IReadOnlyList<NewTransaction> transactions, CancellationToken ct);
}

/// <summary>Explanations by one model version.</summary>
/// <param name="ModelVersion">Name and version, as in a decision.</param>
/// <param name="FeatureNames">F catalogue names.</param>
/// <param name="Items">One per transaction.</param>
internal sealed record TransactionExplanations(
    string ModelVersion, IReadOnlyList<string> FeatureNames, IReadOnlyList<TransactionExplanation> Items);

/// <summary>One explanation with the row that it explains.</summary>
/// <param name="Values">F feature values.</param>
/// <param name="Explanation">Contributions in margin units, margin and score.</param>
internal sealed record TransactionExplanation(IReadOnlyList<float> Values, ScoreExplanation Explanation);
