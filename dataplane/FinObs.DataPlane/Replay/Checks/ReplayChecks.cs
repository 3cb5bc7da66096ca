using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Replay.Checks;

/// <summary>Replays the sample of a day and keeps what it found: row, leaf and event in one commit, once for each version and day, however many replicas try. A kill in between leaves nothing, and the next start does it again.</summary>
internal sealed class ReplayChecks(IDatabase database, AuditedCommit commit, ReplaySample sample, DecisionReplay replay)
{
    /// <summary>Bound on the parameters of one query.</summary>
    private const int IdsPerQuery = 500;

    /// <summary>A page, newest first.</summary>
    public async Task<List<ReplayCheckRow>> PageAsync(string @namespace, Guid? before, int limit, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.ReplayChecks.Where(row => row.Namespace == @namespace && (before == null || row.Id < before)).OrderByDescending(row => row.Id).Take(limit).ToListAsync(cancellationToken);
    }

    /// <param name="due">End of the day.</param>
    /// <param name="seed">Of the draw.</param>
    /// <param name="cancellationToken">Ends it; what is kept by then stays.</param>
    /// <returns>What was kept here; versions that have their check already are left out.</returns>
    public async Task<IReadOnlyList<ReplayCheckRow>> RunAsync(DateTimeOffset due, int seed, CancellationToken cancellationToken)
    {
        List<ReplayCheckRow> kept = [];
        foreach ((SampledVersion version, DrawnDecisions drawn) in await sample.DrawAsync(due.AddDays(-1), due, seed, cancellationToken))
        {
            if (!await IsThereAsync(version, due, cancellationToken) && await KeepAsync(await CheckAsync(version, drawn, due, seed, cancellationToken), cancellationToken) is { } row)
            {
                ReplayMetrics.Found(row.ModelVersion, row.Sampled - row.Elsewhere, row.Wrong);
                kept.Add(row);
            }
        }

        return kept;
    }

    private async Task<bool> IsThereAsync(SampledVersion version, DateTimeOffset due, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.ReplayChecks.AnyAsync(row => row.Namespace == version.Namespace && row.Model == version.Model && row.Version == version.Version && row.DueAt == due, cancellationToken);
    }

    /// <summary>Null where another replica made this very check.</summary>
    private async Task<ReplayCheckRow?> KeepAsync(ReplayCheckRow row, CancellationToken cancellationToken)
    {
        try
        {
            Guid? leaf = await commit.WriteAsync(
                row.Act(),
                async (session, id, cancel) =>
                {
                    await using FinObsDbContext db = await session.OpenContextAsync(cancel);
                    db.Add(row with { LeafId = id });
                    return await db.SaveChangesAsync(cancel) > 0;
                },
                cancellationToken);
            return row with { LeafId = leaf!.Value };
        }
        catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
        {
            if (await IsThereAsync(new SampledVersion(row.Namespace, row.Model, row.Version), row.DueAt, cancellationToken))
            {
                return null;
            }

            throw;
        }
    }

    private async Task<ReplayCheckRow> CheckAsync(SampledVersion version, DrawnDecisions drawn, DateTimeOffset due, int seed, CancellationToken cancellationToken)
    {
        ReplayTally tally = new();
        foreach (Guid[] ids in drawn.Ids.Chunk(IdsPerQuery))
        {
            await using FinObsDbContext db = database.CreateHotContext();
            foreach (DecisionRow row in await db.Decisions.Where(row => ids.Contains(row.Id)).OrderBy(row => row.Id).ToListAsync(cancellationToken))
            {
                tally.Add(row.Id, await replay.ReplayAsync(row, cancellationToken));
            }
        }

        DateTimeOffset now = commit.Now();
        return tally.Row(version, drawn, new ReplayNight(Guid.CreateVersion7(now), due, now, seed));
    }
}
