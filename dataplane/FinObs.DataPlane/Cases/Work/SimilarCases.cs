using FinObs.DataPlane.Cases.Opening;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Cases.Work;

/// <summary>A case that is like another one, how much, and why.</summary>
internal sealed record SimilarCase(CaseRow Row, double Score, IReadOnlyList<string> Because);

/// <summary>
/// Cases that are like a given one: 0.4 for the same account, up to 0.3 for the reasons in common (those in both ÷ those in either), 0.15 for the same type, 0.05 each for the same desk, severity and way of
/// detection. The same cases give the same list.
/// </summary>
internal sealed class SimilarCases(IDatabase database)
{
    /// <summary>Compared are all of the account, and so many of the latest.</summary>
    private const int Latest = 1_000;

    private const int Shown = 20;

    public async Task<IReadOnlyList<SimilarCase>> OfAsync(CaseRow row, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        List<CaseRow> candidates = await db.Cases.Where(one => one.Namespace == row.Namespace && one.Id != row.Id).OrderByDescending(one => one.Id).Take(Latest).ToListAsync(cancellationToken);
        if (row.Account is { } account)
        {
            candidates.AddRange(await db.Cases.Where(one => one.AccountHash == row.AccountHash && one.Account == account && one.Namespace == row.Namespace && one.Id != row.Id)
                .OrderByDescending(one => one.Id).Take(Latest).ToListAsync(cancellationToken));
        }

        return
        [
            .. candidates.DistinctBy(one => one.Id).Select(one => Compare(row, one)).Where(one => one.Score > 0)
                .OrderByDescending(one => one.Score).ThenByDescending(one => one.Row.Number).Take(Shown),
        ];
    }

    public static SimilarCase Compare(CaseRow row, CaseRow other)
    {
        List<(double Score, string Because)> parts = [];
        string[] mine = CaseText.Items(row.Reasons);
        string[] theirs = CaseText.Items(other.Reasons);
        string[] both = [.. mine.Intersect(theirs, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (row.Account is not null && row.Account == other.Account) parts.Add((0.4, "the same account"));
        if (both.Length > 0) parts.Add((0.3 * both.Length / mine.Union(theirs, StringComparer.Ordinal).Count(), $"reasons in common: {string.Join(", ", both)}"));
        if (row.Type == other.Type) parts.Add((0.15, $"the same type: {row.Type}"));
        if (row.Desk is not null && row.Desk == other.Desk) parts.Add((0.05, $"the same desk: {row.Desk}"));
        if (row.Severity == other.Severity) parts.Add((0.05, $"the same severity: {row.Severity}"));
        if (row.DetectionMethod is not null && row.DetectionMethod == other.DetectionMethod) parts.Add((0.05, $"detected the same way: {row.DetectionMethod}"));
        return new SimilarCase(other, Math.Round(parts.Sum(part => part.Score), 6), [.. parts.Select(part => part.Because)]);
    }
}
