using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Decisions.Evaluations;

/// <summary>Keeps what versions were measured at: the row and its leaf in one commit.</summary>
internal sealed class ModelEvaluations(IDatabase database, AuditedCommit commit)
{
    /// <summary>Bound on what a ranking reads.</summary>
    public const int MostRanked = 1_000;

    /// <param name="namespace">Tenant.</param>
    /// <param name="request">Without a problem.</param>
    /// <param name="by">Who.</param>
    /// <param name="cancellationToken">Ends it before the commit.</param>
    public async Task<EvaluationRow> SubmitAsync(string @namespace, EvaluationRequest request, string by, CancellationToken cancellationToken)
    {
        DateTimeOffset now = commit.Now();
        EvaluationRow row = new()
        {
            Id = Guid.CreateVersion7(now),
            Namespace = @namespace,
            ModelVersion = request.ModelVersion!,
            Counts = Confusion.Of(request.Pairs()).ToString(),
            Digest = request.Digest(),
            By = by,
            At = now,
        };
        IReadOnlyList<Guid>? leaves = await commit.WriteAsync(
            [row.Act()],
            async (session, ids, cancel) =>
            {
                await using FinObsDbContext db = await session.OpenContextAsync(cancel);
                db.Add(row with { LeafId = ids[0] });
                await db.SaveChangesAsync(cancel);
                return true;
            },
            cancellationToken);
        return row with { LeafId = leaves![0] };
    }

    /// <summary>A page, newest first.</summary>
    public async Task<List<EvaluationRow>> PageAsync(string @namespace, string? modelVersion, Guid? before, int limit, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.ModelEvaluations
            .Where(row => row.Namespace == @namespace && (modelVersion == null || row.ModelVersion == modelVersion) && (before == null || row.Id < before))
            .OrderByDescending(row => row.Id).Take(limit).ToListAsync(cancellationToken);
    }

    /// <summary>The newest of each version among the last <see cref="MostRanked"/>, the best first.</summary>
    public async Task<IReadOnlyList<Standing>> RankAsync(string @namespace, CancellationToken cancellationToken) =>
        Leaderboard.Rank((await PageAsync(@namespace, null, null, MostRanked, cancellationToken)).DistinctBy(row => row.ModelVersion).Select(row =>
        {
            Confusion counts = Confusion.Parse(row.Counts);
            return new Standing(row.ModelVersion, counts.Flagged, counts.Total, row.At);
        }));
}
