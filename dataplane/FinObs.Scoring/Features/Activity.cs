namespace FinObs.Scoring.Features;

/// <summary>Formulas of velocity: how much of late against how much usually.</summary>
internal static class Activity
{
    private const double HoursPerDay = 24;

    /// <summary>Length of the longest window, against which "usually" is measured.</summary>
    private const double HoursPerMonth = 720;

    /// <summary>Hours of the population's activity that an account's own is weighed against.</summary>
    private const double CountPriorHours = 24;

    /// <summary>Days of the population's turnover that an account's own is weighed against.</summary>
    private const double SpendPriorDays = 3;

    /// <summary>Least deviation that a log ratio of turnovers is measured in.</summary>
    private const double SmallestDeviation = 0.5;

    /// <summary>Log of what was moved in the last 24 hours with this transaction, over a usual day, in the population's deviations.</summary>
    public static double SpendDeviations(in FeatureContext context)
    {
        // A tenth of a median amount on top keeps cents on a quiet day from looking like an event.
        double now = context.LastDay.Sum + context.Amount + (0.1 * context.Population.MedianAmount);
        return Math.Log(now / UsualSpend(in context)) / Math.Max(context.Population.LogDeviation, SmallestDeviation);
    }

    /// <summary>(1 + transactions of late) / (1 + usually in such a time).</summary>
    public static double Ratio(in ActivityWindow window, double hours, in FeatureContext context)
    {
        double prior = CountPriorHours * context.Population.DailyCount / HoursPerDay;
        double perHour = (context.LastMonth.Count + prior) / (ObservedHours(in context) + CountPriorHours);
        return (1 + window.Count) / (1 + (hours * perHour));
    }

    /// <summary>What the account moves a day, this transaction's like included, shrunk to the population.</summary>
    private static double UsualSpend(in FeatureContext context)
    {
        double prior = context.Population.DailySpend + context.Population.MedianAmount;
        return (context.LastMonth.Sum + (SpendPriorDays * prior)) / ((ObservedHours(in context) / HoursPerDay) + SpendPriorDays);
    }

    /// <summary>Hours that the 30-day window has weighed so far: 720 (1 - exp(-age / 720)).</summary>
    private static double ObservedHours(in FeatureContext context) => HoursPerMonth * (1 - Math.Exp(-context.HoursOfHistory / HoursPerMonth));
}
