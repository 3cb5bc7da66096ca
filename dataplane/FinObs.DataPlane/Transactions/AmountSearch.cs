using FinObs.Contracts.Transactions;

namespace FinObs.DataPlane.Transactions;

/// <summary>A transaction at another amount.</summary>
internal sealed record AmountTried(decimal Amount, TransactionResult Result);

/// <summary>What is decided now, and the nearest amounts on both sides that are decided otherwise.</summary>
internal sealed record AmountSearchResult(TransactionResult Now, AmountTried? Up, AmountTried? Down, int Tried);

/// <summary>
/// Looks for the nearest amount with another decision. The decision is a step function of the amount that need not be monotone (a forest cuts, rules have limits), so the way is walked in growing steps and the first
/// change is then narrowed down, to a hundredth.
/// </summary>
internal sealed class AmountSearch(TransactionChecker checker)
{
    private const decimal Least = 0.01m;
    private const decimal Most = 1_000_000_000m;

    /// <summary>The first step is a thousandth of the amount; each further one is a fifth longer.</summary>
    private const decimal FirstStep = 0.001m;
    private const decimal Growth = 1.2m;

    /// <summary>Amounts between two that are tried at once: from the widest step to a hundredth it takes nine rounds.</summary>
    private const int Between = 15;

    public async Task<AmountSearchResult> FindAsync(string @namespace, NewTransaction transaction, CancellationToken cancellationToken)
    {
        Walk walk = new(checker, @namespace, transaction, cancellationToken);
        decimal[] up = [.. Amounts(transaction.Amount, up: true)], down = [.. Amounts(transaction.Amount, up: false)];
        IReadOnlyList<TransactionResult> walked = await walk.AtAsync([transaction.Amount, .. up, .. down]);
        Decision now = walked[0].Decision;
        decimal? above = await walk.NearestAsync(now, up, [.. walked.Skip(1).Take(up.Length)]);
        decimal? below = await walk.NearestAsync(now, down, [.. walked.Skip(1 + up.Length)]);
        return await walk.InWordsAsync(above, below);
    }

    /// <summary>From the amount to the end of what is accepted, each once.</summary>
    internal static IEnumerable<decimal> Amounts(decimal from, bool up)
    {
        if (up ? from >= Most : from <= Least) yield break;
        decimal last = from;
        for (decimal step = FirstStep; last != (up ? Most : Least); step *= Growth)
        {
            decimal next = decimal.Round(up ? Math.Min(Most, from * (1 + step)) : Math.Max(Least, from * (1 - Math.Min(1, step))), 2);
            if (next == last || (up ? next <= from : next >= from)) continue;
            yield return last = next;
        }
    }

    /// <summary>Amounts strictly between two, evenly, each once, from the first towards the second; none where they are a hundredth apart.</summary>
    internal static decimal[] Within(decimal from, decimal to) =>
        [.. Enumerable.Range(1, Between).Select(i => decimal.Round(from + ((to - from) * i / (Between + 1)), 2)).Where(amount => amount > Math.Min(from, to) && amount < Math.Max(from, to)).Distinct()];

    private sealed class Walk(TransactionChecker checker, string @namespace, NewTransaction transaction, CancellationToken cancellationToken)
    {
        private int _tried;

        /// <summary>Each on its own: none sees another.</summary>
        public async Task<IReadOnlyList<TransactionResult>> AtAsync(decimal[] amounts, bool withReasons = false)
        {
            _tried += withReasons ? 0 : amounts.Length;
            NewTransaction[] alternatives = [.. amounts.Select(amount => transaction with { Amount = amount })];
            return [.. (await checker.CheckApartAsync(@namespace, alternatives, withReasons, cancellationToken)).Select(one => one.Result)];
        }

        /// <summary>Of those that were walked through, the first that is decided otherwise; then what lies between it and the one before.</summary>
        public async Task<decimal?> NearestAsync(Decision now, decimal[] amounts, IReadOnlyList<TransactionResult> walked)
        {
            int first = Enumerable.Range(0, amounts.Length).FirstOrDefault(i => walked[i].Decision != now, -1);
            if (first < 0)
            {
                return null;
            }

            (decimal same, decimal other) = (first == 0 ? transaction.Amount : amounts[first - 1], amounts[first]);
            while (Math.Abs(other - same) > Least && Within(same, other) is { Length: > 0 } within)
            {
                IReadOnlyList<TransactionResult> results = await AtAsync(within);
                int change = Enumerable.Range(0, within.Length).FirstOrDefault(i => results[i].Decision != now, within.Length);
                (same, other) = (change == 0 ? same : within[change - 1], change == within.Length ? other : within[change]);
            }

            return other;
        }

        /// <summary>Explains the few that are answered.</summary>
        public async Task<AmountSearchResult> InWordsAsync(decimal? above, decimal? below)
        {
            decimal[] amounts = [transaction.Amount, .. new[] { above, below }.OfType<decimal>()];
            IReadOnlyList<TransactionResult> results = await AtAsync(amounts, withReasons: true);
            AmountTried? Of(decimal? amount) => amount is { } value ? new AmountTried(value, results[Array.LastIndexOf(amounts, value)]) : null;
            return new AmountSearchResult(results[0], Of(above), Of(below), _tried);
        }
    }
}
