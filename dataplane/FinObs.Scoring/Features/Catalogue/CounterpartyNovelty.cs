using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Features.Catalogue;

/// <summary>Surprise that the counterparty is new to this account.</summary>
/// <remarks>
/// -ln(share of new counterparties at this account), shrunk to the population's with the weight of five; 0 for one of the last 32 different counterparties.<br/>
/// Nats, 0 to about 8.<br/>
/// No account or history, or no counterparty named: 0.
/// </remarks>
internal sealed class CounterpartyNovelty : Feature
{
    public override string Name => "counterparty_novelty@1";

    public override string ReasonCode => "COUNTERPARTY_NEW";

    public override string Meaning => "Surprise that the counterparty is new to this account.";

    internal override double Value(in FeatureContext context) =>
        Habit.CounterpartySurprise(in context);

    internal override string Say(in ReasonContext context) => ReasonTexts.Counterparty(in context);
}
