using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Transactions;
using FinObs.Contracts.Transactions;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>What the model that decides now makes of the same transaction with other amounts.</summary>
/// <param name="ModelVersion">Who scored.</param>
/// <param name="ReviewAt">Its threshold.</param>
/// <param name="BlockAt">Its threshold.</param>
/// <param name="Points">By amount, rising.</param>
internal sealed record WhatIfCurve(string ModelVersion, double ReviewAt, double BlockAt, IReadOnlyList<WhatIfPoint> Points)
{
    /// <summary>The largest amount on the curve up to which everything is approved; null where nothing is, or all is.</summary>
    public decimal? ApprovedUpTo => Points.TakeWhile(point => point.Score < ReviewAt).LastOrDefault() is { } last && last != Points[^1] ? last.Amount : null;

    public bool AlwaysApproved => Points.All(point => point.Score < ReviewAt);
}

/// <summary>One amount.</summary>
internal sealed record WhatIfPoint(decimal Amount, double Score, Decision Decision);

/// <summary>Scores a stored transaction with other amounts, against its account as it stands now. Nothing is stored and no profile moves; rules are not asked.</summary>
internal sealed class WhatIf(ITransactionExplainer explainer, StoredTransactions stored, ModelRouter router)
{
    /// <summary>Points of a curve, evenly on a logarithmic scale.</summary>
    private const int Points = 49;

    /// <summary>From a hundredth of the amount to thirty times it.</summary>
    private const double Least = 0.01;
    private const double Most = 30;

    public async Task<WhatIfCurve?> CurveAsync(Guid id, CancellationToken cancellationToken)
    {
        if ((await stored.FindAsync([id], cancellationToken)) is not [{ Transaction: var row }])
        {
            return null;
        }

        decimal[] amounts = [.. Enumerable.Range(0, Points).Select(i => Math.Max(0.01m, Rounded((double)row.Amount * Least * Math.Pow(Most / Least, i / (double)(Points - 1))))), row.Amount];
        return await ScoreAsync(row, [.. amounts.Distinct().Order()], cancellationToken);
    }

    /// <summary>One amount.</summary>
    public async Task<WhatIfPoint?> PointAsync(Guid id, decimal amount, CancellationToken cancellationToken) =>
        (await stored.FindAsync([id], cancellationToken)) is [{ Transaction: var row }] && await ScoreAsync(row, [amount], cancellationToken) is { } curve ? curve.Points[0] : null;

    private async Task<WhatIfCurve?> ScoreAsync(TransactionRow row, decimal[] amounts, CancellationToken cancellationToken)
    {
        if (router.Route(row.Namespace)?.Identity is not { } engine)
        {
            return null;
        }

        TransactionExplanations scored = await explainer.ExplainAsync(row.Namespace, [.. amounts.Select(amount => With(row, amount))], cancellationToken);
        return new WhatIfCurve(
            scored.ModelVersion, engine.Thresholds.ReviewAt, engine.Thresholds.BlockAt,
            [
                .. amounts.Select((amount, i) => new WhatIfPoint(
                    amount, scored.Items[i].Explanation.Score, DecisionPolicy.Decide(scored.Items[i].Explanation.Score, engine.Thresholds.ReviewAt, engine.Thresholds.BlockAt))),
            ]);
    }

    private static NewTransaction With(TransactionRow row, decimal amount) => new()
    {
        TransactionId = "what-if",
        IdempotencyKeyHash = [],
        BodyHash = [],
        AccountId = row.AccountId,
        CounterpartyId = row.CounterpartyId,
        Type = row.Type,
        Amount = amount,
        Currency = row.Currency,
        IsCredit = row.IsCredit,
        OccurredAt = row.OccurredAt,
        Meta = row.Meta,
    };

    /// <summary>Three figures, as people say amounts.</summary>
    private static decimal Rounded(double amount)
    {
        double unit = Math.Pow(10, Math.Floor(Math.Log10(amount)) - 2);
        return Math.Round((decimal)(Math.Round(amount / unit) * unit), 2);
    }
}
