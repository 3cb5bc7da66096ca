namespace FinObs.DataPlane.Decisions.Rules.Kinds;

/// <summary>From an amount on, outside of the hours in which people are there to look: by the wall clock of a zone, also around a change of the clock.</summary>
internal sealed class OffHoursRule(RuleHead head, RuleAmount amount, TimeOnly opens, TimeOnly closes, TimeZoneInfo zone, IReadOnlyList<DayOfWeek> days) : Rule(head)
{
    public static readonly RuleKind Kind = new(
        "offHours", "{amount} at {time} ({zone}), outside of {opens} to {closes}", ["amount", "time", "zone", "opens", "closes", "limit"],
        static (reader, head) => new OffHoursRule(head, reader.Amount("amount"), reader.Clock("opens"), reader.Clock("closes"), reader.Zone("zone"), reader.Days("days")));

    public override string? Check(in RuleContext context)
    {
        // An amount without a known rate counts as large.
        if (amount.Compare(context) is < 0)
        {
            return null;
        }

        DateTimeOffset local = TimeZoneInfo.ConvertTime(context.Row.OccurredAt, zone);
        TimeOnly clock = TimeOnly.FromTimeSpan(local.TimeOfDay);
        return days.Contains(local.DayOfWeek) && clock.IsBetween(opens, closes) ? null : Head.Text.Fill(
            ("amount", context.AmountText),
            ("time", FormattableString.Invariant($"{local:ddd HH:mm}")),
            ("zone", zone.Id),
            ("opens", FormattableString.Invariant($"{opens:HH:mm}")),
            ("closes", FormattableString.Invariant($"{closes:HH:mm}")),
            ("limit", amount.ToString()));
    }
}
