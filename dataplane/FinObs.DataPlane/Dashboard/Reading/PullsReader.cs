using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.PullSources;
using FinObs.DataPlane.Pulls;
using FinObs.DataPlane.Pulls.Api;
using FinObs.DataPlane.Pulls.Store;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>What the pulls page shows.</summary>
/// <param name="Sources">Those in trouble first.</param>
/// <param name="Runs">Of the chosen source, or of all; the newest first.</param>
/// <param name="Items">Bad items that are open, the newest first; without what they hold.</param>
/// <param name="Selected">The chosen source; null = all.</param>
internal sealed record PullsModel(IReadOnlyList<PullLine> Sources, IReadOnlyList<PullRunLine> Runs, IReadOnlyList<BadItemLine> Items, string? Selected);

/// <summary>A source.</summary>
/// <param name="Name">Of its PullSource.</param>
/// <param name="Url">Where it asks, without what follows a question mark: keys stand there.</param>
/// <param name="State">Good, watch, bad or none.</param>
/// <param name="Text">The same in words.</param>
/// <param name="Why">What the last run found, where it is not well.</param>
/// <param name="IsResting">It rests after failures until somebody lets it go on.</param>
/// <param name="IsRunning">A run has it now.</param>
/// <param name="Failures">Failed runs in a row.</param>
/// <param name="Lag">How far behind; null = not known.</param>
/// <param name="Quarantined">Bad items that are open.</param>
/// <param name="NextRun">When it is asked next; null = it rests.</param>
internal sealed record PullLine(
    string Name, string Url, string State, string Text, string? Why, bool IsResting, bool IsRunning, int Failures, TimeSpan? Lag, long Quarantined, DateTimeOffset? NextRun);

/// <summary>A run of a source.</summary>
internal sealed record PullRunLine(string Source, PullRunAnswer It);

/// <summary>A bad item of a source.</summary>
internal sealed record BadItemLine(string Source, QuarantinedItem It);

/// <summary>Reads how pulling goes.</summary>
internal sealed class PullsReader(ResourceCatalogue catalogue, PullStore store, IDatabase database, TimeProvider time)
{
    private const int MostRows = 50;

    /// <summary>Behind by more than this is not just between two runs.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromHours(1);

    public async Task<PullsModel?> ReadAsync(string @namespace, string? selected, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        Dictionary<string, PullSourceRow> rows = (await store.AllAsync(cancellationToken)).Where(row => row.Namespace == @namespace).ToDictionary(row => row.Name, StringComparer.Ordinal);
        await using FinObsDbContext db = database.CreateContext();
        Dictionary<string, long> open = await db.PullQuarantine.Where(row => row.Namespace == @namespace && row.State == QuarantineStates.Open).GroupBy(row => row.Name)
            .Select(group => new { group.Key, Count = group.LongCount() }).ToDictionaryAsync(group => group.Key, group => group.Count, cancellationToken);
        List<PullRunRow> runs = await db.PullRuns.Where(row => row.Namespace == @namespace && (selected == null || row.Name == selected)).OrderByDescending(row => row.StartedAt).ThenBy(row => row.Id).Take(MostRows)
            .ToListAsync(cancellationToken);
        List<QuarantineRow> items = await db.PullQuarantine.Where(row => row.Namespace == @namespace && row.State == QuarantineStates.Open && (selected == null || row.Name == selected))
            .OrderByDescending(row => row.At).ThenBy(row => row.Id).Take(MostRows).ToListAsync(cancellationToken);
        PullLine[] sources =
        [
            .. catalogue.Current.Of(@namespace, ResourceKinds.PullSource.Name).Where(resource => !resource.Row.Deleting)
                .Select(resource => LineOf(resource, rows.GetValueOrDefault(resource.Key.Name), open.GetValueOrDefault(resource.Key.Name), now)),
        ];
        return new PullsModel(
            [.. sources.OrderBy(line => line.State switch { "bad" => 0, "watch" => 1, _ => 2 }).ThenBy(line => line.Name, StringComparer.Ordinal)], [.. runs.Select(row => new PullRunLine(row.Name, PullRunAnswer.Of(row)))],
            [.. items.Select(row => new BadItemLine(row.Name, new QuarantinedItem(row.Id, row.At, row.Code, row.Reason, row.State, row.Truncated)))], selected);
    }

    private static PullLine LineOf(StoredResource resource, PullSourceRow? row, long quarantined, DateTimeOffset now)
    {
        LastRun? last = LastRun.Read(row?.LastRun);
        TimeSpan? lag = row is null ? null : PullSourceHandler.LagOf(row, now);
        (string state, string text) = (resource.Spec.Suspend, row, last) switch
        {
            (true, _, _) => ("none", "suspended"),
            (_, null, _) => ("none", "not made so yet"),
            (_, { SuspendedAt: not null }, _) => ("bad", "rests after failures"),
            (_, { Failures: > 0 }, _) => ("watch", "fails"),
            (_, _, null) => ("none", "not run yet"),
            _ when lag > Late => ("watch", "behind"),
            _ when quarantined > 0 => ("watch", "has bad items"),
            _ => ("good", "keeps up"),
        };
        Finding? wrong = new[] { last?.Reachable, last?.SchemaValid, last?.CaughtUp }.FirstOrDefault(finding => finding?.Holds == false);
        return new PullLine(
            resource.Key.Name, ((PullSource)resource.Resource).Spec.Url.Split('?')[0], state, text, state == "good" ? null : wrong?.Message, row?.SuspendedAt is not null,
            row is { LeaseOwner: not null } && row.LeaseUntil > now, row?.Failures ?? 0, lag, quarantined, row is { SuspendedAt: null } && !resource.Spec.Suspend ? row.NextRunAt : null);
    }
}
