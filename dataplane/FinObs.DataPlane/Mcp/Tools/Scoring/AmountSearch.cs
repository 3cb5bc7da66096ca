using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Mcp.Tools.Scoring;

/// <summary>A transaction at another amount.</summary>
internal sealed record AmountTried(decimal Amount, TransactionResult Result);

/// <summary>What is decided now, and the nearest amounts on both sides that are decided otherwise.</summary>
internal sealed record AmountSearchResult(TransactionResult Now, AmountTried? Up, AmountTried? Down, int Tried);

/// <summary>
/// Looks for the nearest amount with another decision. The decision is a step function of the amount that need not be monotone (a forest cuts, rules have limits), so the way is walked in growing steps and the first
/// change is then narrowed down by halving.
/// </summary>
internal sealed class AmountSearch(TransactionChecker checker)
{
    private const decimal Least = 0.01m;
    private const decimal Most = 1_000_000_000m;

    /// <summary>The first step is a thousandth of the amount; each further one is a fifth longer.</summary>
    private const decimal FirstStep = 0.001m;
    private const decimal Growth = 1.2m;

    public async Task<AmountSearchResult> FindAsync(string @namespace, NewTransaction transaction, CancellationToken cancellationToken)
    {
        Walk walk = new(checker, @namespace, transaction, cancellationToken);
        TransactionResult now = await walk.AtAsync(transaction.Amount);
        AmountTried? up = await walk.NearestAsync(now.Decision, Amounts(transaction.Amount, up: true));
        AmountTried? down = await walk.NearestAsync(now.Decision, Amounts(transaction.Amount, up: false));
        return new AmountSearchResult(now, up, down, walk.Tried);
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

    private sealed class Walk(TransactionChecker checker, string @namespace, NewTransaction transaction, CancellationToken cancellationToken)
    {
        public int Tried { get; private set; }

        /// <summary>Each on its own: none sees another.</summary>
        public async Task<TransactionResult> AtAsync(decimal amount)
        {
            Tried++;
            IReadOnlyList<CheckedTransaction> answer = await checker.CheckAsync(@namespace, [new TransactionItem.Valid(transaction with { Amount = amount })], progressed: null, cancellationToken);
            return ((TransactionOutcome.Scored)answer[0].Outcome).Result;
        }

        public async Task<AmountTried?> NearestAsync(Decision now, IEnumerable<decimal> amounts)
        {
            decimal same = transaction.Amount;
            foreach (decimal amount in amounts)
            {
                TransactionResult result = await AtAsync(amount);
                if (result.Decision != now) return await NarrowAsync(now, same, new AmountTried(amount, result));
                same = amount;
            }

            return null;
        }

        /// <summary>Halves what lies between an amount that is decided the same and one that is not, to a hundredth.</summary>
        private async Task<AmountTried> NarrowAsync(Decision now, decimal same, AmountTried other)
        {
            while (Math.Abs(other.Amount - same) > Least)
            {
                decimal middle = decimal.Round((same + other.Amount) / 2, 2);
                if (middle == same || middle == other.Amount) break;
                TransactionResult result = await AtAsync(middle);
                if (result.Decision == now) same = middle;
                else other = new AmountTried(middle, result);
            }

            return other;
        }
    }
}
