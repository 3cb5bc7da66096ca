using FinObs.Scoring.Features;

namespace FinObs.Scoring.Explanation;

/// <summary>The sentences of reasons. Each names the account's own figure where there is one, and says so where there is none.</summary>
internal static class ReasonTexts
{
    private const string NoRate = "Amount cannot be compared: no exchange rate is known for its currency";

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
            ? $"Amount is {ReasonContext.Times(amount / typical)} this account's typical {Words(context.Facts.Type)} of {context.Money(typical)}"
            : NoHistory(in context)
                ? AmountAgainstEverybody(in context, amount)
                : $"First {Words(context.Facts.Type)} of this account, over {context.Amount}";
    }

    public static string AmountAgainstType(in ReasonContext context)
    {
        if (context.Facts.AmountInBase is not { } amount)
        {
            return NoRate;
        }

        string type = context.Facts.Type;
        TypeStatistics? known = Array.Find(context.Schema.Population.Types, statistics => statistics.Type == type);
        if (known is null)
        {
            return AmountAgainstEverybody(in context, amount);
        }

        double typical = Math.Max(Math.Exp(known.LogMean) - 1, 0.01);
        return $"Amount is {ReasonContext.Times(amount / typical)} the typical {Words(type)} of all accounts, {context.Money(typical)}";
    }

    public static string Spend(in ReasonContext context)
    {
        AccountBaseline baseline = context.Baseline;
        double total = baseline.Sum24Hours + (AmountScale.Usable(context.Facts.AmountInBase) ?? 0);
        return NoHistory(in context)
            ? $"{context.Money(total)} in 24 hours from an account without history"
            : $"{context.Money(total)} in 24 hours, {ReasonContext.Count(baseline.Count24Hours + 1)} transactions; its mean amount is {MeanOrNone(in context)}";
    }

    public static string Burst(float count, string window, double hours, in ReasonContext context)
    {
        double days = Math.Clamp(context.Baseline.HistoryDays, 1, 30);
        double usual = context.Baseline.Count30Days / days * hours / 24;
        return $"{ReasonContext.Count(count + 1)} transactions within an {window}; this account usually makes {ReasonContext.Count(usual)}".Replace("an 24", "24", StringComparison.Ordinal);
    }

    public static string Hour(in ReasonContext context)
    {
        double hour = LocalHour.Of(context.Facts.OccurredAt, context.Zone);
        string clock = $"{(int)hour:00}:{(int)(hour % 1 * 60):00} {context.Schema.TimeZone}";
        int bin = LocalHour.Bin(hour);
        return NoHistory(in context) ? $"Time of day {clock}, on an account without history"
            : (context.Baseline.UsualHours & (1 << bin)) == 0 ? $"Time of day {clock}; this account is rarely active between {3 * bin:00}:00 and {(3 * bin) + 3:00}:00"
            : $"Time of day {clock}";
    }

    public static string Type(in ReasonContext context)
    {
        string type = context.Facts.Type;
        TypeStatistics? known = Array.Find(context.Schema.Population.Types, statistics => statistics.Type == type);
        return known is null
            ? $"Type {Words(type)} did not occur in training"
            : $"Type {Words(type)} makes {known.Share:0.0%} of all transactions";
    }

    public static string Counterparty(in ReasonContext context) => context.Baseline.Counterparty switch
    {
        CounterpartyKnowledge.New => $"First dealing with this counterparty among {context.Baseline.Transactions:N0} transactions of this account, or not for long",
        CounterpartyKnowledge.Known => "Counterparty known to this account",
        _ => "No counterparty to compare with",
    };

    private static string AmountAgainstEverybody(in ReasonContext context, double amount)
    {
        double median = context.Schema.Population.MedianAmount;
        return $"Amount is {ReasonContext.Times(amount / median)} the median of all accounts, {context.Money(median)}; this account has no history";
    }

    private static string MeanOrNone(in ReasonContext context) =>
        float.IsNaN(context.Baseline.MeanAmount30Days) ? "not known" : context.Money(context.Baseline.MeanAmount30Days);

    private static bool NoHistory(in ReasonContext context) => context.Baseline.Transactions == 0;

    private static string Words(string type) => type.Replace('_', ' ');
}
