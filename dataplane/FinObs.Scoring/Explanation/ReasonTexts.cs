using FinObs.Scoring.Features;

namespace FinObs.Scoring.Explanation;

/// <summary>The sentences of reasons. Each names the account's own figure where there is one, and says so where there is none.</summary>
internal static class ReasonTexts
{
    private const string NoRate = "Amount cannot be compared: no exchange rate is known for its currency";

    public static string Amount(in ReasonContext context) => context.Facts.AmountInBase is null
        ? NoRate
        : $"Amount is {context.Amount}; the median of all accounts is {context.Money(context.Schema.Population.MedianAmount)}";

    public static string AmountAgainstAccount(in ReasonContext context)
    {
        if (context.Facts.AmountInBase is not { } amount)
        {
            return NoRate;
        }

        if (NoHistory(in context))
        {
            return AmountAgainstEverybody(in context, amount);
        }

        float mean = context.Baseline.MeanAmount30Days;
        return mean > 0
            ? $"Amount is {ReasonContext.Times(amount / mean)} this account's 30-day mean of {context.Money(mean)}"
            : $"Amount is {context.Amount}; this account moved nothing in the last 30 days";
    }

    public static string AmountAgainstAccountType(in ReasonContext context)
    {
        if (context.Facts.AmountInBase is not { } amount)
        {
            return NoRate;
        }

        float typical = context.Baseline.TypeTypicalAmount;
        return context.Baseline.TypeTransactions >= 1 && typical > 0
            ? $"Amount is {ReasonContext.Times(amount / typical)} this account's typical {Words(in context)} of {context.Money(typical)}"
            : NoHistory(in context)
                ? AmountAgainstEverybody(in context, amount)
                : $"First {Words(in context)} of this account, over {context.Amount}";
    }

    public static string AmountAgainstType(in ReasonContext context)
    {
        if (context.Facts.AmountInBase is not { } amount)
        {
            return NoRate;
        }

        if (TypeOf(in context) is not { } known)
        {
            return AmountAgainstEverybody(in context, amount);
        }

        double typical = Math.Max(Math.Exp(known.LogMean) - 1, 0.01);
        return $"Amount is {ReasonContext.Times(amount / typical)} the typical {Words(in context)} of all accounts, {context.Money(typical)}";
    }

    public static string Spend(in ReasonContext context)
    {
        AccountBaseline baseline = context.Baseline;
        double total = baseline.Sum24Hours + (AmountScale.Usable(context.Facts.AmountInBase) ?? 0);
        if (NoHistory(in context))
        {
            return $"{context.Money(total)} within 24 hours; this account has no history";
        }

        double usual = baseline.MeanAmount30Days * UsualCount(in baseline, 24);
        return usual > 0
            ? $"{context.Money(total)} within 24 hours, {ReasonContext.Times(total / usual)} this account's usual day of {context.Money(usual)}"
            : $"{context.Money(total)} within 24 hours; this account moved nothing in the last 30 days";
    }

    public static string Burst(float before, string window, double hours, in ReasonContext context)
    {
        AccountBaseline baseline = context.Baseline;
        return NoHistory(in context)
            ? "First transaction of this account"
            : $"{ReasonContext.Count(before + 1)} transactions within {window}; this account usually makes {ReasonContext.Count(UsualCount(in baseline, hours))}";
    }

    public static string HourOfAll(in ReasonContext context)
    {
        double hour = LocalHour.Of(context.Facts.OccurredAt, context.Zone);
        return $"Made at {Clock(in context, hour)}; {context.Schema.Population.HourShares[(int)hour]:0.0%} of all transactions fall into this hour";
    }

    public static string HourOfAccount(in ReasonContext context)
    {
        double hour = LocalHour.Of(context.Facts.OccurredAt, context.Zone);
        int bin = LocalHour.Bin(hour);
        bool usual = (context.Baseline.UsualHours & (1 << bin)) != 0;
        return NoHistory(in context) || usual
            ? $"Made at {Clock(in context, hour)}"
            : $"Made at {Clock(in context, hour)}; this account is rarely active between {3 * bin:00}:00 and {(3 * bin) + 3:00}:00";
    }

    public static string Type(in ReasonContext context) => TypeOf(in context) is { } known
        ? $"{Words(in context)} makes {known.Share:0.0%} of all transactions"
        : $"{Words(in context)} did not occur when the model was trained";

    public static string Counterparty(in ReasonContext context) => context.Baseline.Counterparty switch
    {
        CounterpartyKnowledge.New => $"New counterparty: not among the last 32 of this account, in {context.Baseline.Transactions:N0} transactions",
        CounterpartyKnowledge.Known => "Counterparty known to this account",
        _ => "No counterparty to compare with",
    };

    private static string AmountAgainstEverybody(in ReasonContext context, double amount)
    {
        double median = context.Schema.Population.MedianAmount;
        string history = NoHistory(in context) ? "; this account has no history" : string.Empty;
        return $"Amount is {ReasonContext.Times(amount / median)} the median of all accounts, {context.Money(median)}{history}";
    }

    private static TypeStatistics? TypeOf(in ReasonContext context)
    {
        (string type, bool isCredit) = (context.Facts.Type, context.Facts.IsCredit);
        return Array.Find(context.Schema.Population.Types, statistics => statistics.Type == type && statistics.IsCredit == isCredit);
    }

    /// <summary>Transactions in so many hours at the pace of the last 30 days, or of the history where that is shorter.</summary>
    private static double UsualCount(in AccountBaseline baseline, double hours)
    {
        double days = 30 * (1 - Math.Exp(-baseline.HistoryDays / 30));
        return baseline.Count30Days * hours / 24 / Math.Max(days, 1);
    }

    private static string Clock(in ReasonContext context, double hour) => $"{(int)hour:00}:{(int)(hour % 1 * 60):00} {context.Schema.TimeZone}";

    private static bool NoHistory(in ReasonContext context) => context.Baseline.Transactions == 0;

    private static string Words(in ReasonContext context) => context.Facts.Type.Replace('_', ' ') + (context.Facts.IsCredit ? " received" : string.Empty);
}
