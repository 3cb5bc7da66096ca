using System.Text.Json;
using FinObs.DataPlane.Audit.Evidence;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Audit;

/// <summary>What to look for; all of it must hold.</summary>
/// <param name="Namespace">Tenant.</param>
/// <param name="Kind">An act's kind, or its beginning with a star: <c>case.*</c>; null = all but decisions, which have an endpoint of their own.</param>
/// <param name="Actor">Exactly.</param>
/// <param name="Tag">One of the leaf's.</param>
/// <param name="From">Acts since.</param>
/// <param name="To">Acts before.</param>
/// <param name="Before">Only leaves older than this one: where the page before ended.</param>
/// <param name="Limit">At most so many.</param>
internal sealed record AuditSearchQuery(string Namespace, string? Kind, string? Actor, string? Tag, DateTimeOffset? From, DateTimeOffset? To, Guid? Before, int Limit);

/// <summary>A leaf in words.</summary>
internal sealed record AuditActAnswer
{
    public required Guid LeafId { get; init; }
    public required string Kind { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string Actor { get; init; }
    public required Guid Ref { get; init; }

    /// <summary>What it is about, where that has leaves of its own.</summary>
    public Guid? About { get; init; }
    public required IReadOnlyList<string> Tags { get; init; }
    public string? Trace { get; init; }

    /// <summary>Its place in the tree, in decimal; <c>pending</c> while it has none.</summary>
    public required string Index { get; init; }

    /// <summary>The act itself; left out for those who may not read personal data, and once it was shredded.</summary>
    public JsonElement? Payload { get; init; }
    public required string Proof { get; init; }
}

/// <summary>A page of acts, newest first in a search, oldest first in a story.</summary>
/// <param name="Items">The acts.</param>
/// <param name="Next">Pass it as <c>before</c>; null where nothing older was found.</param>
internal sealed record AuditActs(IReadOnlyList<AuditActAnswer> Items, Guid? Next);

/// <summary>Finds acts by what their leaves say.</summary>
internal sealed class AuditSearch(IDatabase database, StoryReader stories, PayloadVault vault)
{
    /// <summary>Leaves read for one page: a filter that almost nothing passes ends early and says where to go on.</summary>
    private const int MaxRead = 10_000;
    private const int Chunk = 1_000;

    public async Task<AuditActs> FindAsync(AuditSearchQuery query, bool withPayload, CancellationToken cancellationToken)
    {
        await using var db = database.CreateContext();
        List<(AuditLeaf Leaf, LeafDocument Document)> found = [];
        Guid? last = query.Before;
        for (var read = 0; read < MaxRead && found.Count < query.Limit;)
        {
            var leaves = await Page(db, query, last).Take(Chunk).ToListAsync(cancellationToken);
            foreach (var leaf in leaves)
            {
                last = leaf.Id;
                var document = LeafDocument.Parse(leaf.Leaf);
                if (!Matches(document, query)) continue;
                found.Add((leaf, document));
                if (found.Count == query.Limit) break;
            }
            read += leaves.Count;
            if (leaves.Count < Chunk && found.Count < query.Limit)
            {
                last = null;
                break;
            }
        }
        return new AuditActs(await AnswersAsync(db, found, withPayload, cancellationToken), last == query.Before ? null : last);
    }

    /// <summary>The story of one thing, oldest first: by the id of a decision, case, request, user or resource.</summary>
    public async Task<AuditActs> StoryAsync(Guid? first, Guid about, bool withPayload, CancellationToken cancellationToken)
    {
        await using var db = database.CreateContext();
        var leaves = await stories.LeavesAsync(first, about, cancellationToken);
        return new AuditActs(await AnswersAsync(db, [.. leaves.Select(leaf => (leaf, LeafDocument.Parse(leaf.Leaf)))], withPayload, cancellationToken), null);
    }

    private static IOrderedQueryable<AuditLeaf> Page(FinObsDbContext db, AuditSearchQuery query, Guid? before)
    {
        var leaves = db.AuditLeaves.Where(leaf => leaf.Namespace == query.Namespace);
        if (query.Kind is null) leaves = leaves.Where(leaf => leaf.Kind != AuditTables.DecisionKind);
        else if (query.Kind.EndsWith('*') && query.Kind[..^1] is var beginning) leaves = leaves.Where(leaf => leaf.Kind != AuditTables.DecisionKind && leaf.Kind.StartsWith(beginning));
        else leaves = leaves.Where(leaf => leaf.Kind == query.Kind);
        if (before is { } last) leaves = leaves.Where(leaf => leaf.Id < last);
        // Ids are version 7: the first of a moment bounds what was made since, and what before.
        if (query.From is { } from && Partitions.FirstIdAt(from) is var since) leaves = leaves.Where(leaf => leaf.Id >= since);
        if (query.To is { } to && Partitions.FirstIdAt(to) is var until) leaves = leaves.Where(leaf => leaf.Id < until);
        return leaves.OrderByDescending(leaf => leaf.Id);
    }

    private static bool Matches(LeafDocument leaf, AuditSearchQuery query) =>
        (query.Actor is null || leaf.Actor == query.Actor) && (query.Tag is null || leaf.Tags.Contains(query.Tag));

    private async Task<List<AuditActAnswer>> AnswersAsync(
        FinObsDbContext db, List<(AuditLeaf Leaf, LeafDocument Document)> leaves, bool withPayload, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. leaves.Select(pair => pair.Leaf.Id)];
        var indexes = await db.AuditEntries.Where(e => EF.Parameter(ids).Contains(e.LeafId)).ToDictionaryAsync(e => e.LeafId, e => e.LeafIndex, cancellationToken);
        var payloads = withPayload ? await vault.OpenAsync(db, [.. leaves.Select(pair => pair.Leaf)], cancellationToken) : null;
        return [.. leaves.Select((pair, i) => AnswerOf(pair.Document, indexes.TryGetValue(pair.Leaf.Id, out var at) ? at : null, payloads?[i]))];
    }

    private static AuditActAnswer AnswerOf(LeafDocument leaf, long? index, PayloadState? payload) => new()
    {
        LeafId = leaf.Id,
        Kind = leaf.Kind,
        At = leaf.At,
        Actor = leaf.Actor,
        Ref = leaf.Ref,
        About = leaf.About,
        Tags = leaf.Tags,
        Trace = leaf.Trace,
        Index = index is { } at ? $"{at}" : "pending",
        Payload = payload is PayloadState.Opened opened && RestrictedActs.IsOpen(leaf.Kind) ? JsonDocument.Parse(opened.Payload.Payload).RootElement : null,
        Proof = AuditApi.ProofPath(leaf.Id),
    };
}
