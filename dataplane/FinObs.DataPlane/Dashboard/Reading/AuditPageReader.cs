using FinObs.DataPlane.Access;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>What the audit page shows.</summary>
/// <param name="Acts">The newest first.</param>
/// <param name="Next">Where the page after begins; null = there is none.</param>
/// <param name="TreeSize">Leaves under the newest checkpoint; null = there is none yet.</param>
/// <param name="SignedAt">When that was signed.</param>
internal sealed record AuditPageModel(IReadOnlyList<AuditActAnswer> Acts, Guid? Next, long? TreeSize, DateTimeOffset? SignedAt);

/// <summary>The story of one thing.</summary>
internal sealed record AuditStoryModel(Guid About, IReadOnlyList<AuditActAnswer> Acts, bool IsDecision);

/// <summary>Reads the audit log for people.</summary>
internal sealed class AuditPageReader(AuditSearch search, AuditReader reader, IDatabase database)
{
    private const int PageSize = 50;

    public async Task<AuditPageModel?> ReadAsync(string @namespace, string? kind, string? actor, string? tag, Guid? before, Viewer who, CancellationToken cancellationToken)
    {
        AuditSearchQuery query = new(@namespace, Filled(kind), Filled(actor), Filled(tag), null, null, before, PageSize);
        AuditActs acts = await search.FindAsync(query, who.May(Permissions.PersonalDataRead), cancellationToken);
        var checkpoint = await reader.LatestCheckpointAsync(cancellationToken);
        return new AuditPageModel(acts.Items, acts.Next, checkpoint?.Size, checkpoint?.PublishedAt);
    }

    public async Task<AuditStoryModel?> StoryAsync(Guid about, Viewer who, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        Guid? first = await db.Decisions.Where(row => row.Id == about).Select(row => (Guid?)row.LeafId).SingleOrDefaultAsync(cancellationToken);
        AuditActs acts = await search.StoryAsync(first, about, who.May(Permissions.PersonalDataRead), cancellationToken);
        return acts.Items.Count == 0 ? null : new AuditStoryModel(about, acts.Items, first is not null);
    }

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
