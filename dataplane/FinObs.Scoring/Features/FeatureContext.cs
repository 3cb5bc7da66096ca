namespace FinObs.Scoring.Features;

/// <summary>Everything that features of one transaction share, reckoned once: the facts, the account just before, the population.</summary>
internal readonly ref struct FeatureContext
{
    private const double MicrosecondsPerHour = 3.6e9;

    public FeatureContext(in TransactionFacts facts, in ProfileState state, FeatureBasis basis)
    {
        Population = basis.Population;
        Basis = basis;
        long instant = AccountProfile.Microseconds(facts.OccurredAt);
        double? amount = AmountScale.Usable(facts.AmountInBase);
        HasAmount = amount.HasValue;
        Amount = amount ?? Population.MedianAmount;
        Log = AmountScale.Log(Amount);
        Hour = LocalHour.Of(facts.OccurredAt, basis.Zone);
        Type = basis.TypeOf(facts.Type, facts.IsCredit);
        HasHistory = facts.HasAccount && state.Transactions > 0;
        HasCounterparty = facts.CounterpartyHash != 0;
        if (!HasHistory)
        {
            return;
        }

        Transactions = state.Transactions;
        HoursOfHistory = Math.Max(0, instant - state.Oldest) / MicrosecondsPerHour;
        Decay left = ActivityWindow.DecayAt(in state, instant);
        LastHour = new ActivityWindow(in state, DecayWindows.Hour, left.Hour);
        LastDay = new ActivityWindow(in state, DecayWindows.Day, left.Day);
        LastMonth = new ActivityWindow(in state, DecayWindows.Month, left.Month);
        Account = state.Amounts;
        AccountType = TypeTable.Find(state.Types, Type.Key);
        AccountOffset = basis.OffsetOf(state.Types);
        Bins = state.Bins;
        NoveltyWeight = state.NoveltyWeight;
        NoveltyShare = state.NoveltyShare;
        KnowsCounterparty = HasCounterparty && CounterpartyMemory.Knows(state.Known, facts.CounterpartyHash);
    }

    public PopulationStatistics Population { get; }

    public FeatureBasis Basis { get; }

    /// <summary>False where no exchange rate is known: amount features are then neutral.</summary>
    public bool HasAmount { get; }

    /// <summary>Amount in the base currency; the population's median where there is none.</summary>
    public double Amount { get; }

    /// <summary>ln(1 + amount).</summary>
    public double Log { get; }

    /// <summary>Local hour, 0 inclusive to 24 exclusive.</summary>
    public double Hour { get; }

    /// <summary>The type in the population; the whole population's figures and a small share where training never saw it.</summary>
    public KnownType Type { get; }

    /// <summary>False for the first transaction of an account and for those that name none.</summary>
    public bool HasHistory { get; }

    public bool HasCounterparty { get; }

    public long Transactions { get; }

    public double HoursOfHistory { get; }

    public ActivityWindow LastHour { get; }

    public ActivityWindow LastDay { get; }

    public ActivityWindow LastMonth { get; }

    public Moments Account { get; }

    public Moments AccountType { get; }

    /// <summary>How far the account lies from everybody, type by type: mean log difference, shrunk to 0.</summary>
    public double AccountOffset { get; }

    public ProfileState.PerBin Bins { get; }

    public double NoveltyWeight { get; }

    public double NoveltyShare { get; }

    public bool KnowsCounterparty { get; }
}
