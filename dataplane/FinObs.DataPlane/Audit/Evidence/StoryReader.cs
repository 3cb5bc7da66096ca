using System.Data.Common;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Audit.Evidence;

/// <summary>All leaves about one thing: those of its own acts, of what was done about it, and of what was done about that, in one query; then the same of what is linked to it.</summary>
internal sealed class StoryReader(IDatabase database, IEnumerable<IStoryLink> links)
{
    /// <summary>A story that is longer is cut, and says so.</summary>
    public const int MaxLeaves = 2_000;

    private const string Sql = """
        WITH RECURSIVE story(id, ref_id) AS (
            SELECT id, ref_id FROM audit_leaves WHERE id = @first
            UNION
            SELECT l.id, l.ref_id FROM audit_leaves l WHERE l.about_id = @about
            UNION
            SELECT l.id, l.ref_id FROM story s JOIN audit_leaves l ON l.about_id = s.ref_id
        )
        SELECT id FROM story LIMIT @limit
        """;

    /// <summary>Ids of leaves in the order of their making (they are version 7).</summary>
    /// <param name="first">The leaf that begins the story; null: only what is about <paramref name="about"/>.</param>
    /// <param name="about">The id of the thing: decision, case, request, user, resource.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<List<Guid>> OfAsync(Guid? first, Guid about, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenHotAsync(cancellationToken);
        HashSet<Guid> ids = await LeavesOfAsync(connection, first, about, cancellationToken);
        foreach (var link in links)
        {
            foreach (Guid linked in await link.OfAsync(about, cancellationToken))
                if (ids.Count < MaxLeaves) ids.UnionWith(await LeavesOfAsync(connection, null, linked, cancellationToken));
        }
        return [.. ids.Order().Take(MaxLeaves)];
    }

    private async Task<HashSet<Guid>> LeavesOfAsync(DbConnection connection, Guid? first, Guid about, CancellationToken cancellationToken)
    {
        HashSet<Guid> ids = [];
        await using var command = connection.CreateCommand();
        command.CommandText = Sql;
        command.With(database.Kind, "first", first ?? Guid.Empty).With(database.Kind, "about", about).With(database.Kind, "limit", MaxLeaves);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken)) ids.Add(row.GetId(database.Kind, 0));
        return ids;
    }

    /// <summary>The leaves themselves, in the same order.</summary>
    public async Task<List<AuditLeaf>> LeavesAsync(Guid? first, Guid about, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. await OfAsync(first, about, cancellationToken)];
        await using var db = database.CreateContext();
        return await db.AuditLeaves.Where(l => EF.Parameter(ids).Contains(l.Id)).OrderBy(l => l.Id).ToListAsync(cancellationToken);
    }
}
