using FinObs.DataPlane.Decisions.Rules.Reading;

namespace FinObs.DataPlane.Decisions.Rules.Kinds;

/// <summary>A field of the sender compared with what the rule names: one of some texts, none of them, a number over or below another, there or missing. With <c>atLeast</c> only from an amount on.</summary>
internal sealed class MetaFieldRule(RuleHead head, RuleField field, MetaComparison comparison, RuleAmount? atLeast) : Rule(head)
{
    public static readonly RuleKind Kind = new(
        "metaField", "The {field} is {value}", ["amount", "field", "value"],
        static (reader, head) => new MetaFieldRule(head, reader.Field("field"), MetaComparison.Of(reader), reader.AmountOrNull("atLeast")));

    public override string? Check(in RuleContext context) => atLeast?.Compare(context) is not < 0 && comparison.Holds(field, context)
        ? Head.Text.Fill(("amount", context.AmountText), ("field", field.Name), ("value", field.Read(context) ?? "missing"))
        : null;
}

/// <summary>Exactly one way to compare.</summary>
internal sealed record MetaComparison(string Way, IReadOnlyList<string> Texts, decimal Number)
{
    private static readonly string[] Ways = ["in", "notIn", "over", "below", "is"];

    public static MetaComparison Of(RuleReader reader)
    {
        string[] given = [.. Ways.Where(reader.Has)];
        if (given.Length != 1)
        {
            reader.Refuse("field", $"must stand with exactly one of {string.Join(", ", Ways)}");
        }

        string way = given.FirstOrDefault() ?? "is";
        return way switch
        {
            "in" or "notIn" => new MetaComparison(way, reader.Texts(way), 0),
            "over" or "below" => new MetaComparison(way, [], reader.Number(way)),
            _ => new MetaComparison(reader.Choice("is", ["present", "missing"]), [], 0),
        };
    }

    public bool Holds(RuleField field, in RuleContext context) => Way switch
    {
        "in" => field.ReadOneOf(context, Texts) is not null,
        "notIn" => !field.IsMissing(context) && field.ReadOneOf(context, Texts) is null,
        "over" => field.ReadNumber(context) > Number,
        "below" => field.ReadNumber(context) < Number,
        "present" => !field.IsMissing(context),
        _ => field.IsMissing(context),
    };
}
