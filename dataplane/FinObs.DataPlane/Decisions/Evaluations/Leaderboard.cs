using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Decisions.Feedback;
using FinObs.DataPlane.Ledger.Labels;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Decisions.Evaluations;

/// <summary>How a version did. Review or Block counts as "fraud".</summary>
internal sealed record Standing(string ModelVersion, TwoByTwo Flagged, long Predictions, DateTimeOffset? SubmittedAt);

/// <summary>Versions by F1 over one labelled window. Each is judged on what it decided itself: versions that decided different transactions are compared with that in mind.</summary>
internal sealed class Leaderboard(IDatabase database)
{
    /// <param name="namespace">Tenant.</param>
    /// <param name="from">Received at or after.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <returns>The highest F1 first; versions without one last.</returns>
    public async Task<IReadOnlyList<Standing>> ReadAsync(string @namespace, DateTimeOffset from, CancellationToken cancellationToken)
    {
        Guid first = Partitions.FirstIdAt(from);
        await using FinObsDbContext db = database.CreateContext();
        var cells = await (
            from label in db.TransactionLabels
            join decision in db.Decisions on label.TransactionRef equals decision.Id
            join engine in db.ScoringEngines on decision.EngineId equals engine.Id
            join version in db.ModelVersions on engine.ModelVersionId equals version.Id
            where label.Namespace == @namespace && label.TransactionRef >= first && decision.Id >= first
            group label by new { version.Model, version.Version, decision.Decision, label.Label } into cell
            select new { cell.Key.Model, cell.Key.Version, cell.Key.Decision, cell.Key.Label, Count = cell.LongCount() }).ToListAsync(cancellationToken);
        return Rank(cells.GroupBy(cell => $"{cell.Model}@{cell.Version}").Select(group =>
        {
            LabelCounts counts = new(group.ToDictionary(cell => (cell.Decision, cell.Label), cell => cell.Count));
            return new Standing(group.Key, counts.From(Decision.Review), counts.Labelled, null);
        }));
    }

    /// <summary>The highest F1 first; versions without one last, equal ones by name.</summary>
    public static IReadOnlyList<Standing> Rank(IEnumerable<Standing> standings) =>
        [.. standings.OrderByDescending(version => version.Flagged.F1 ?? -1).ThenBy(version => version.ModelVersion, StringComparer.Ordinal)];
}
