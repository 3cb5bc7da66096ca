using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Replay.Checks;

/// <summary>A version of a namespace.</summary>
internal readonly record struct SampledVersion(string Namespace, string Model, string Version);

/// <summary>Some of the decisions of a version, each with the same chance.</summary>
/// <param name="Decisions">All of them.</param>
/// <param name="Ids">Those drawn, at most as many as the sample has.</param>
internal sealed record DrawnDecisions(long Decisions, IReadOnlyList<Guid> Ids);

/// <summary>
/// Draws decisions of each version in one pass over their keys, with memory for the samples alone (Vitter's algorithm R, ACM TOMS 11(1), 1985). By chance: whoever tampers cannot know what will be looked at, and the newest or the
/// slowest hour have no more weight than others.
/// </summary>
internal sealed class ReplaySample(IDatabase database, EngineDirectory engines, IOptions<ReplayOptions> options)
{
    private const int Page = 10_000;

    /// <param name="from">Received at or after.</param>
    /// <param name="to">Received before.</param>
    /// <param name="seed">Of the draw.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyDictionary<SampledVersion, DrawnDecisions>> DrawAsync(DateTimeOffset from, DateTimeOffset to, int seed, CancellationToken cancellationToken)
    {
        Random random = new(seed);
        Dictionary<SampledVersion, (long Seen, List<Guid> Kept)> drawn = [];
        Guid until = Partitions.FirstIdAt(to);
        for (Guid last = Partitions.FirstIdAt(from); ;)
        {
            List<Key> page = await PageAsync(last, until, cancellationToken);
            foreach (Key key in page)
            {
                if (await engines.FindAsync(key.EngineId, cancellationToken) is { } engine)
                {
                    SampledVersion version = new(key.Namespace, engine.Model, engine.Version);
                    drawn[version] = Add(drawn.TryGetValue(version, out var before) ? before : (0, []), key.Id, random);
                }
            }

            if (page.Count < Page)
            {
                return drawn.ToDictionary(pair => pair.Key, pair => new DrawnDecisions(pair.Value.Seen, [.. pair.Value.Kept.Order()]));
            }

            last = page[^1].Id;
        }
    }

    private (long Seen, List<Guid> Kept) Add((long Seen, List<Guid> Kept) before, Guid id, Random random)
    {
        (long seen, List<Guid> kept) = before;
        if (kept.Count < options.Value.Sample)
        {
            kept.Add(id);
        }
        else if (random.NextInt64(seen + 1) is var place && place < kept.Count)
        {
            kept[(int)place] = id;
        }

        return (seen + 1, kept);
    }

    private async Task<List<Key>> PageAsync(Guid last, Guid until, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.Decisions.Where(row => row.Id > last && row.Id < until && row.EngineId != null)
            .OrderBy(row => row.Id).Select(row => new Key(row.Id, row.Namespace, row.EngineId!.Value)).Take(Page).ToListAsync(cancellationToken);
    }

    private sealed record Key(Guid Id, string Namespace, long EngineId);
}
