using System.ComponentModel.DataAnnotations;
using Cronos;

namespace FinObs.DataPlane.Exports;

/// <summary>Section <c>Exports</c>.</summary>
internal sealed class ExportOptions : IValidatableObject
{
    public const string Section = "Exports";

    /// <summary>An export with more rows fails and says so: ask for a shorter range.</summary>
    [Range(1, 1_000_000_000)]
    public long MaxRows { get; set; } = 10_000_000;

    /// <summary>How long the file is kept; its manifest is kept for good.</summary>
    [Range(1, 3650)]
    public int KeepDays { get; set; } = 7;

    /// <summary>How often a worker looks for what nobody told it of: exports of other replicas, schedules that have come due.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan Period { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Exports that are made by the clock.</summary>
    public IList<ExportSchedule> Schedules { get; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Schedules.SelectMany(schedule => schedule.Problems()).Concat(
            Schedules.GroupBy(schedule => schedule.Name).Where(group => group.Count() > 1).Select(group => new ValidationResult($"Exports:Schedules has two schedules named {group.Key}: name them apart.")));
}

/// <summary>One of <c>Exports:Schedules</c>: at each time of <see cref="Cron"/> an export of what came since the time before.</summary>
internal sealed class ExportSchedule
{
    /// <summary>Unique; recorded as <c>schedule:NAME</c> where a person's name would stand.</summary>
    public string Name { get; set; } = "";

    /// <summary>See <c>GET /v1/exports/types</c>.</summary>
    public string Type { get; set; } = "";

    /// <summary><c>csv</c> or <c>json</c>.</summary>
    public string Format { get; set; } = "csv";

    public string Namespace { get; set; } = "default";

    /// <summary>Five fields: minute hour day month weekday.</summary>
    public string Cron { get; set; } = "0 0 * * *";

    /// <summary>IANA zone of <see cref="Cron"/>.</summary>
    public string TimeZone { get; set; } = "UTC";

    internal IEnumerable<ValidationResult> Problems()
    {
        if (Name.Length == 0) yield return new("Exports:Schedules: each has a Name.");
        if (Type.Length == 0) yield return new($"Exports:Schedules:{Name}: Type says what to export, see GET /v1/exports/types.");
        if (Format is not ("csv" or "json")) yield return new($"Exports:Schedules:{Name}: Format is csv or json.");
        if (!CronExpression.TryParse(Cron, CronFormat.Standard, out _)) yield return new($"Exports:Schedules:{Name}: {Cron} is no cron expression of five fields (minute hour day month weekday).");
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _)) yield return new($"Exports:Schedules:{Name}: {TimeZone} is no zone of the IANA database, like Europe/Berlin.");
    }
}
