using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Transactions;
using FinObs.Scoring.Artifacts;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>What would be decided now on the same transaction with other amounts.</summary>
/// <param name="ModelVersion">Who scored.</param>
/// <param name="ReviewAt">Its threshold.</param>
/// <param name="BlockAt">Its threshold.</param>
/// <param name="Points">By amount, rising.</param>
/// <param name="Now">What would be decided now on the amount as it is.</param>
/// <param name="Up">The nearest larger amount that is decided otherwise; null = none.</param>
/// <param name="Down">The nearest smaller one.</param>
internal sealed record WhatIfCurve(
    string ModelVersion, double ReviewAt, double BlockAt, IReadOnlyList<WhatIfPoint> Points, Decision Now, WhatIfPoint? Up, WhatIfPoint? Down);

/// <summary>One amount. Decided by thresholds and rules, so a decision may be worse than its score.</summary>
internal sealed record WhatIfPoint(decimal Amount, double Score, Decision Decision);

/// <summary>Decides a stored transaction with other amounts, by the steps of the pipeline itself: the version that its account is routed to, rules and all, against its account as it stands now. Nothing is stored and no profile moves.</summary>
internal sealed class WhatIf(TransactionChecker checker, AmountSearch search, StoredTransactions stored)
{
    /// <summary>Points of a curve, evenly on a logarithmic scale.</summary>
    private const int Points = 49;

    /// <summary>From a hundredth of the amount to thirty times it.</summary>
    private const double Least = 0.01;
    private const double Most = 30;

    private const decimal Largest = 1_000_000_000m;

    /// <summary>Null where there is no such transaction, or no model can score it.</summary>
    public async Task<WhatIfCurve?> CurveAsync(Guid id, CancellationToken cancellationToken)
    {
        if ((await stored.FindAsync([id], cancellationToken)) is not [{ Transaction: var row }])
        {
            return null;
        }

        decimal[] amounts =
        [
            .. Enumerable.Range(0, Points).Select(i => Math.Clamp(Rounded((double)row.Amount * Least * Math.Pow(Most / Least, i / (double)(Points - 1))), 0.01m, Largest)).Append(row.Amount).Distinct().Order(),
        ];
        NewTransaction one = Of(row);
        IReadOnlyList<TransactionOutcome.Scored> decided = await checker.CheckApartAsync(row.Namespace, [.. amounts.Select(amount => one with { Amount = amount })], withReasons: false, cancellationToken);
        if (decided.Any(answer => answer.Result.AnomalyScore is null))
        {
            return null;
        }

        AmountSearchResult nearest = await search.FindAsync(row.Namespace, one, cancellationToken);
        DecisionThresholds thresholds = decided[0].Thresholds;
        return new WhatIfCurve(
            decided[0].Result.ModelVersion, thresholds.ReviewAt, thresholds.BlockAt, [.. amounts.Zip(decided, (amount, answer) => PointOf(amount, answer.Result))], nearest.Now.Decision,
            nearest.Up is { } up ? PointOf(up.Amount, up.Result) : null, nearest.Down is { } down ? PointOf(down.Amount, down.Result) : null);
    }

    /// <summary>One amount; null where no model can score it.</summary>
    public async Task<WhatIfPoint?> PointAsync(Guid id, decimal amount, CancellationToken cancellationToken)
    {
        if ((await stored.FindAsync([id], cancellationToken)) is not [{ Transaction: var row }])
        {
            return null;
        }

        TransactionResult result = (await checker.CheckApartAsync(row.Namespace, [Of(row) with { Amount = amount }], withReasons: false, cancellationToken))[0].Result;
        return result.AnomalyScore is null ? null : PointOf(amount, result);
    }

    private static WhatIfPoint PointOf(decimal amount, TransactionResult result) => new(amount, result.AnomalyScore ?? 0, result.Decision);

    private static NewTransaction Of(TransactionRow row) => new()
    {
        TransactionId = row.TransactionId,
        IdempotencyKeyHash = [],
        BodyHash = [],
        AccountId = row.AccountId,
        CounterpartyId = row.CounterpartyId,
        Type = row.Type,
        Amount = row.Amount,
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
