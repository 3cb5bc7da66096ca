using FinObs.Scoring.Explanation;

namespace FinObs.Scoring.Features.Catalogue;

/// <summary>Rarity of the type among all accounts, -ln of its share.</summary>
/// <remarks>Range 0 to about 12; a type that training never saw counts as half a transaction, kept to 12.</remarks>
internal sealed class TypeRarity : Feature
{
    public override string Name => "type_rarity@1";

    public override string ReasonCode => "TYPE_RARE";

    public override string Meaning => "Rarity of the type among all accounts, -ln of its share.";

    internal override double Value(in FeatureContext context) =>
        Math.Min(-Math.Log(context.Type.Share), 12);

    internal override string Say(in ReasonContext context) =>
        ReasonTexts.Type(in context);
}
