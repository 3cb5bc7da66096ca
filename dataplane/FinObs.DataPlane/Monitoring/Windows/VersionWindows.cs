using System.Data.Common;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Monitoring.Windows;

/// <summary>Windows of model versions, for whoever watches them.</summary>
internal sealed class VersionWindows(IDatabase database, WindowLayouts layouts)
{
    private const string Insert =
        "INSERT INTO window_buckets (namespace, version_id, role, start, layout, approved, review, blocked, unscored, counts) "
        + "VALUES (@namespace, @version, @role, @start, @layout, @approved, @review, @blocked, @unscored, @counts) ON CONFLICT DO NOTHING";

    private const string AddToHour =
        "INSERT INTO window_hours (namespace, version_id, role, start, approved, review, blocked, unscored) "
        + "VALUES (@namespace, @version, @role, @start, @approved, @review, @blocked, @unscored) "
        + "ON CONFLICT (namespace, version_id, role, start) DO UPDATE SET approved = window_hours.approved + excluded.approved, review = window_hours.review + excluded.review, "
        + "blocked = window_hours.blocked + excluded.blocked, unscored = window_hours.unscored + excluded.unscored";

    /// <summary>All buckets that start from <paramref name="from"/> on and before <paramref name="to"/>, as one.</summary>
    /// <remarks>Behind the decisions by the consumer's lag. Reads a bucket for each five minutes: for long windows keep the answer, merge what is new and subtract what is over.</remarks>
    public async Task<WindowCounts> ReadAsync(string @namespace, long versionId, WindowRole role, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        WindowCounts window = new(await layouts.OfAsync(versionId, cancellationToken));
        await using FinObsDbContext db = database.CreateContext();
        await foreach (WindowBucketRow row in db.WindowBuckets
            .Where(row => row.Namespace == @namespace && row.VersionId == versionId && row.Role == role && row.Start >= from && row.Start < to)
            .OrderBy(row => row.Start).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            window.Merge(row);
        }

        return window;
    }

    /// <summary>What was decided in the whole hours that start from <paramref name="from"/> on and before <paramref name="to"/>: a row an hour is read, of weeks too.</summary>
    public async Task<DecisionKinds> KindsAsync(string @namespace, long versionId, WindowRole role, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        var sum = await db.WindowHours
            .Where(row => row.Namespace == @namespace && row.VersionId == versionId && row.Role == role && row.Start >= from && row.Start < to)
            .GroupBy(_ => 1)
            .Select(all => new { Approved = all.Sum(row => row.Approved), Review = all.Sum(row => row.Review), Blocked = all.Sum(row => row.Blocked) })
            .FirstOrDefaultAsync(cancellationToken);
        return sum is null ? default : new DecisionKinds(sum.Approved, sum.Review, sum.Blocked);
    }

    /// <summary>The same, hour by hour, in order; hours without decisions are left out.</summary>
    public async Task<List<(DateTimeOffset Start, DecisionKinds Kinds)>> HoursAsync(string @namespace, long versionId, WindowRole role, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        List<WindowHourRow> rows = await db.WindowHours
            .Where(row => row.Namespace == @namespace && row.VersionId == versionId && row.Role == role && row.Start >= from && row.Start < to).OrderBy(row => row.Start).ToListAsync(cancellationToken);
        return [.. rows.Select(row => (row.Start, new DecisionKinds(row.Approved, row.Review, row.Blocked)))];
    }

    /// <summary>Adds scores of a version that only compared, inside the caller's commit: exactly once if the caller's commit is.</summary>
    public async Task AddShadowAsync(IWriteSession session, string @namespace, long versionId, IReadOnlyList<WindowScore> scores, CancellationToken cancellationToken)
    {
        WindowLayout layout = await layouts.OfAsync(versionId, cancellationToken);
        await AddAsync(session, @namespace, [new WindowAddition(versionId, WindowRole.Shadow, WindowCounter.Count(layout, scores))], cancellationToken);
    }

    /// <summary>Adds to the buckets, in one order for all writers, so that two of them wait for each other and do not deadlock.</summary>
    public static async Task AddAsync(IWriteSession session, string @namespace, IReadOnlyList<WindowAddition> additions, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = await session.OpenContextAsync(cancellationToken);
        foreach (WindowAddition addition in additions.OrderBy(one => one.VersionId).ThenBy(one => one.Role))
        {
            foreach ((DateTimeOffset start, WindowCounts counts) in addition.Buckets.OrderBy(bucket => bucket.Key))
            {
                WindowBucketRow row = RowOf(@namespace, addition, start, counts);
                await AddAsync(session, db, row, counts, cancellationToken);
                await AddToHourAsync(session, row, cancellationToken);
            }
        }
    }

    private static async Task AddToHourAsync(IWriteSession session, WindowBucketRow row, CancellationToken cancellationToken)
    {
        await using DbCommand command = session.CreateCommand(AddToHour);
        command.With(session.Kind, "namespace", row.Namespace).With(session.Kind, "version", row.VersionId).With(session.Kind, "role", row.Role.ToString())
            .With(session.Kind, "start", WindowBuckets.HourOf(row.Start)).With(session.Kind, "approved", row.Approved).With(session.Kind, "review", row.Review)
            .With(session.Kind, "blocked", row.Blocked).With(session.Kind, "unscored", row.Unscored);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task AddAsync(IWriteSession session, FinObsDbContext db, WindowBucketRow row, WindowCounts counts, CancellationToken cancellationToken)
    {
        if (await InsertAsync(session, row, cancellationToken))
        {
            return;
        }

        // There is one: adding to its numbers locks it, and what is read after that nobody changes until this commit has ended.
        IQueryable<WindowBucketRow> one = db.WindowBuckets.Where(
            there => there.Namespace == row.Namespace && there.VersionId == row.VersionId && there.Role == row.Role && there.Start == row.Start && there.Layout == row.Layout);
        await one.ExecuteUpdateAsync(
            set => set.SetProperty(there => there.Approved, there => there.Approved + row.Approved)
                .SetProperty(there => there.Review, there => there.Review + row.Review)
                .SetProperty(there => there.Blocked, there => there.Blocked + row.Blocked)
                .SetProperty(there => there.Unscored, there => there.Unscored + row.Unscored),
            cancellationToken);
        counts.MergeBytes(await one.Select(there => there.Counts).SingleAsync(cancellationToken));
        byte[] merged = counts.ToBytes();
        await one.ExecuteUpdateAsync(set => set.SetProperty(there => there.Counts, merged), cancellationToken);
    }

    private static async Task<bool> InsertAsync(IWriteSession session, WindowBucketRow row, CancellationToken cancellationToken)
    {
        await using DbCommand command = session.CreateCommand(Insert);
        command.With(session.Kind, "namespace", row.Namespace).With(session.Kind, "version", row.VersionId).With(session.Kind, "role", row.Role.ToString())
            .With(session.Kind, "start", row.Start).With(session.Kind, "layout", row.Layout).With(session.Kind, "approved", row.Approved)
            .With(session.Kind, "review", row.Review).With(session.Kind, "blocked", row.Blocked).With(session.Kind, "unscored", row.Unscored)
            .With(session.Kind, "counts", row.Counts);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private static WindowBucketRow RowOf(string @namespace, WindowAddition addition, DateTimeOffset start, WindowCounts counts) => new()
    {
        Namespace = @namespace,
        VersionId = addition.VersionId,
        Role = addition.Role,
        Start = start,
        Layout = counts.Layout.Hash,
        Approved = counts.Approved,
        Review = counts.Review,
        Blocked = counts.Blocked,
        Unscored = counts.Unscored,
        Counts = counts.ToBytes(),
    };
}

/// <summary>What is to be added to a version's buckets, by their start; used up by adding it.</summary>
internal sealed record WindowAddition(long VersionId, WindowRole Role, IReadOnlyDictionary<DateTimeOffset, WindowCounts> Buckets);
