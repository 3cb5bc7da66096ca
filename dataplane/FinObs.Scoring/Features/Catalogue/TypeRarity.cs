using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Features.Catalogue;

/// <summary>Rarity of the type and direction among all accounts.</summary>
/// <remarks>
/// -ln(share of the type), at most 12.<br/>
/// Nats, 0 to 12.<br/>
/// No account or history: the same. Type unknown in training: as if seen half a time.
/// </remarks>
internal sealed class TypeRarity : Feature
{
    public override string Name => "type_rarity@1";

    public override string ReasonCode => "TYPE_RARE";

    public override string Meaning => "Rarity of the type and direction among all accounts.";

    internal override double Value(in FeatureContext context) =>
        Math.Min(-Math.Log(context.Type.Statistics.Share), 12);

    internal override string Say(in ReasonContext context) => ReasonTexts.Type(in context);
}
