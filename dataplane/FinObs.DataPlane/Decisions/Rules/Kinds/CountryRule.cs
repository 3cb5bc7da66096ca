namespace FinObs.DataPlane.Decisions.Rules.Kinds;

/// <summary>A field of the sender names a country of the list. Without the field it says nothing: see <c>metaField</c> for "must be there".</summary>
internal sealed class CountryRule(RuleHead head, RuleField field, IReadOnlyList<string> countries) : Rule(head)
{
    public static readonly RuleKind Kind = new(
        "country", "The {field} is {country}", ["amount", "field", "country"],
        static (reader, head) => new CountryRule(head, reader.Field("field"), reader.Countries("in")));

    public override string? Check(in RuleContext context) => field.ReadOneOf(context, countries) is { } country
        ? Head.Text.Fill(("amount", context.AmountText), ("field", field.Name), ("country", country))
        : null;
}
