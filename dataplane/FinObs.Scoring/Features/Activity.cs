namespace FinObs.Scoring.Features;

/// <summary>Formulas of velocity: how much of late against how much usually.</summary>
internal static class Activity
{
    private const double HoursPerMonth = 720;

    /// <summary>Days of the population's spend that an account's own is weighed against.</summary>
    private const double SpendPriorDays = 3;

    private const double GreatestRatio = 100;

    /// <summary>Amount now and in the last 24 hours, over the usual spend of a day.</summary>
    public static double SpendRatio(in FeatureContext context)
    {
        double now = context.LastDay.Sum + (context.HasAmount ? context.Amount : 0);
        return Math.Min(now / UsualSpend(in context), GreatestRatio);
    }

    /// <summary>Count of a window and this transaction, over the usual count of such a window and one.</summary>
    public static double CountRatio(in ActivityWindow window, double hours, in FeatureContext context)
    {
        double usual = context.LastMonth.Count * hours / ObservedHours(in context);
        return Math.Min((1 + window.Count) / (1 + usual), GreatestRatio);
    }

    private static double UsualSpend(in FeatureContext context)
    {
        double days = context.HasHistory ? ObservedHours(in context) / 24 : 0;
        double prior = context.Population.DailySpend + context.Population.MedianAmount;
        return (context.LastMonth.Sum + (SpendPriorDays * prior)) / (days + SpendPriorDays);
    }

    /// <summary>Hours that the 30-day window has weighed so far: 720 (1 - exp(-age / 720)), at least a day.</summary>
    private static double ObservedHours(in FeatureContext context) =>
        Math.Max(24, HoursPerMonth * (1 - Math.Exp(-context.HoursOfHistory / HoursPerMonth)));
}
