namespace FinObs.Scoring.Features;

/// <summary>Formulas of habit: how surprising an hour or a counterparty is for this account.</summary>
internal static class Habit
{
    private const double HourPriorWeight = 10;
    private const double NoveltyPriorWeight = 5;

    /// <summary>-ln of the share of these three hours.</summary>
    public static double HourSurprise(in FeatureContext context)
    {
        int bin = LocalHour.Bin(context.Hour);
        double total = Math.Min(context.Transactions, AccountProfile.HabitMemory);
        ProfileState.PerBin bins = context.Bins;
        return -Math.Log(Evidence.Share(bins[bin], total, context.Population.HourShares[bin], HourPriorWeight));
    }

    /// <summary>-ln of the share of new counterparties, where this one is new.</summary>
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
