using System.Runtime.CompilerServices;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Exports.Sources;

/// <summary>Rows of a scope in the order of their ids, a page in memory at a time.</summary>
internal static class ExportPages
{
    private const int Size = 2_000;

    /// <param name="database">Where they are.</param>
    /// <param name="scope">From and to, by the times that are in the ids (version 7).</param>
    /// <param name="rows">The rows with ids above the first and below the second, by their ids.</param>
    /// <param name="idOf">A row's id.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async IAsyncEnumerable<T> ReadAsync<T>(
        IDatabase database, ExportScope scope, Func<FinObsDbContext, Guid, Guid, IQueryable<T>> rows, Func<T, Guid> idOf, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Guid until = Partitions.FirstIdAt(scope.To);
        for (Guid last = scope.From is { } from ? Partitions.FirstIdAt(from) : Guid.Empty; ;)
        {
            await using FinObsDbContext db = database.CreateContext();
            List<T> page = await rows(db, last, until).Take(Size).ToListAsync(cancellationToken);
            foreach (T row in page)
            {
                yield return row;
            }

            if (page.Count < Size)
            {
                yield break;
            }

            last = idOf(page[^1]);
        }
    }
}
