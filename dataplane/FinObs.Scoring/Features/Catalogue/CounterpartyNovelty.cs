using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Features.Catalogue;

/// <summary>Surprise of a new counterparty: -ln of how often this account deals with new ones, shrunk to the population; 0 for a known or unnamed one.</summary>
/// <remarks>Range 0 to about 6. Known = among the last 32 different ones. No history: 0, as everybody is new then.</remarks>
internal sealed class CounterpartyNovelty : Feature
{
    public override string Name => "counterparty_novelty@1";

    public override string ReasonCode => "COUNTERPARTY_NEW";

    public override string Meaning => "Surprise of a new counterparty: -ln of how often this account deals with new ones, shrunk to the population; 0 for a known or unnamed one.";

    internal override double Value(in FeatureContext context) =>
        Habit.CounterpartySurprise(in context);

    internal override string Say(in ReasonContext context) =>
        ReasonTexts.Counterparty(in context);
}
