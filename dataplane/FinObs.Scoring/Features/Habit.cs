namespace FinObs.Scoring.Features;

/// <summary>Formulas of habit: how surprising an hour or a counterparty is. All are -ln of a share, in nats.</summary>
internal static class Habit
{
    private const double HourPriorWeight = 10;
    private const double NoveltyPriorWeight = 5;

    /// <summary>How much rarer this hour is among all accounts than an hour of an even day.</summary>
    public static double HourRarity(in FeatureContext context) => -Math.Log(LocalHour.Hours * context.Population.HourShares[(int)context.Hour]);

    /// <summary>How much rarer these three hours are for this account than an eighth of its day.</summary>
    public static double HourSurprise(in FeatureContext context)
    {
        int bin = LocalHour.Bin(context.Hour);
        double[] hours = context.Population.HourShares;
        double prior = hours[3 * bin] + hours[(3 * bin) + 1] + hours[(3 * bin) + 2];
        double total = Math.Min(context.Transactions, AccountProfile.HabitMemory);
        ProfileState.PerBin bins = context.Bins;
        return -Math.Log(LocalHour.Bins * Evidence.Share(bins[bin], total, prior, HourPriorWeight));
    }

    /// <summary>How rarely the account deals with somebody new, where this counterparty is new.</summary>
    public static double CounterpartySurprise(in FeatureContext context)
    {
        if (!context.HasHistory || !context.HasCounterparty || context.KnowsCounterparty)
        {
            return 0;
        }

        double weight = context.NoveltyWeight;
        return -Math.Log(Evidence.Share(weight * context.NoveltyShare, weight, context.Population.NewCounterpartyShare, NoveltyPriorWeight));
    }
}
