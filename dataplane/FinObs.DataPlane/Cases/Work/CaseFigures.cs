using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Cases.Work;

/// <summary>How cases go.</summary>
/// <param name="Since">From then on.</param>
/// <param name="Opened">Cases opened since.</param>
/// <param name="Resolved">Cases resolved since.</param>
/// <param name="MttrSeconds">Mean time from opening to resolution of those; null where there are none.</param>
/// <param name="MedianSeconds">Median of the same.</param>
/// <param name="SlaCompliance">Share of those that were resolved in time, 0..1; null where there are none.</param>
/// <param name="SlaHours">The time that was asked about; null: each case's own due date.</param>
/// <param name="Open">Open cases now.</param>
/// <param name="Overdue">Open cases whose due date is over.</param>
/// <param name="Snoozed">Open cases that sleep.</param>
/// <param name="OpenBySeverity">Open cases by severity.</param>
/// <param name="OpenByAge">Open cases by how long they are open.</param>
/// <param name="ByOutcome">Resolved since, by outcome.</param>
/// <param name="Actions">What was done since, by kind.</param>
internal sealed record CaseFiguresAnswer(
    DateTimeOffset Since, int Opened, int Resolved, double? MttrSeconds, double? MedianSeconds, double? SlaCompliance, double? SlaHours, int Open, int Overdue, int Snoozed,
    IReadOnlyDictionary<string, int> OpenBySeverity, IReadOnlyDictionary<string, int> OpenByAge, IReadOnlyDictionary<string, int> ByOutcome, IReadOnlyDictionary<string, int> Actions);

/// <summary>Counts from the tables.</summary>
internal sealed class CaseFigures(IDatabase database, TimeProvider time)
{
    private static readonly (string Name, TimeSpan Below)[] Ages =
        [("under_1_day", TimeSpan.FromDays(1)), ("1_to_3_days", TimeSpan.FromDays(3)), ("3_to_7_days", TimeSpan.FromDays(7)), ("over_7_days", TimeSpan.MaxValue)];

    public async Task<CaseFiguresAnswer> OfAsync(string @namespace, int days, double? slaHours, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset since = now - TimeSpan.FromDays(days);
        await using FinObsDbContext db = database.CreateContext();
        IQueryable<CaseRow> all = db.Cases.Where(row => row.Namespace == @namespace);
        var resolved = await all.Where(row => row.ResolvedAt >= since).Select(row => new { row.OpenedAt, row.ResolvedAt, row.DueAt, row.Outcome }).ToListAsync(cancellationToken);
        var open = await all.Where(row => row.Status != CaseStatus.Resolved).Select(row => new { row.OpenedAt, row.DueAt, row.Severity, row.SnoozedUntil }).ToListAsync(cancellationToken);
        var actions = await db.CaseActivities.Where(row => row.Namespace == @namespace && row.At >= since).GroupBy(row => row.Kind)
            .Select(group => new { group.Key, Count = group.Count() }).ToListAsync(cancellationToken);
        double[] took = [.. resolved.Select(row => (row.ResolvedAt!.Value - row.OpenedAt).TotalSeconds).Order()];
        int inTime = resolved.Count(row => row.ResolvedAt <= (slaHours is { } hours ? row.OpenedAt + TimeSpan.FromHours(hours) : row.DueAt));
        return new CaseFiguresAnswer(
            since,
            await all.CountAsync(row => row.OpenedAt >= since, cancellationToken),
            resolved.Count,
            took.Length == 0 ? null : took.Average(),
            took.Length == 0 ? null : (took[(took.Length - 1) / 2] + took[took.Length / 2]) / 2,
            took.Length == 0 ? null : (double)inTime / took.Length,
            slaHours,
            open.Count,
            open.Count(row => row.DueAt < now),
            open.Count(row => row.SnoozedUntil > now),
            Enum.GetValues<CaseSeverity>().ToDictionary(severity => severity.ToString(), severity => open.Count(row => row.Severity == severity)),
            Ages.ToDictionary(age => age.Name, age => open.Count(row => AgeOf(now - row.OpenedAt) == age.Name)),
            CaseOutcomes.All.ToDictionary(outcome => outcome, outcome => resolved.Count(row => row.Outcome == outcome)),
            actions.OrderBy(one => one.Key, StringComparer.Ordinal).ToDictionary(one => one.Key, one => one.Count));
    }

    private static string AgeOf(TimeSpan age) => Ages.First(one => age < one.Below).Name;
}
