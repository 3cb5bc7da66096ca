using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FinObs.DataPlane.Callbacks.Store;

/// <summary>How many attempts of an hour ended how, and how fast: what a day's statistics are added up from.</summary>
internal sealed record CallbackCountRow
{
    public static readonly BulkTable<CallbackCountRow> Table = new(
        "callback_counts",
        ["namespace", "target", "hour", "outcome", "bucket", "count"],
        static (row, item) =>
        {
            row.Write(item.Namespace);
            row.Write(item.Target);
            row.Write(item.Hour);
            row.Write(item.Outcome.ToString());
            row.Write(item.Bucket);
            row.Write(item.Count);
        },
        new BulkUpdate(Add("SELECT * FROM unnest($1, $2, $3, $4, $5, $6)"), Add("VALUES (?1, ?2, ?3, ?4, ?5, ?6)")));

    public required string Namespace { get; init; }

    public required string Target { get; init; }

    public required DateTimeOffset Hour { get; init; }

    public required AttemptOutcome Outcome { get; init; }

    /// <summary>Of the time to an answer: see <see cref="LatencyBuckets"/>.</summary>
    public required int Bucket { get; init; }

    public required long Count { get; init; }

    private static string Add(string source) =>
        $"INSERT INTO callback_counts (namespace, target, hour, outcome, bucket, count) {source} "
        + "ON CONFLICT (namespace, target, hour, outcome, bucket) DO UPDATE SET count = callback_counts.count + excluded.count";
}

/// <summary>Buckets of durations, each wider than the one before by the square root of two.</summary>
internal static class LatencyBuckets
{
    public static int Of(TimeSpan took) => took.TotalMilliseconds <= 1 ? 0 : (int)Math.Ceiling(2 * Math.Log2(took.TotalMilliseconds));

    /// <summary>The longest time that falls into it, in milliseconds.</summary>
    public static int UpperMs(int bucket) => (int)Math.Round(Math.Pow(2, bucket / 2d));
}

internal sealed class CallbackCountConfiguration : IEntityTypeConfiguration<CallbackCountRow>
{
    public void Configure(EntityTypeBuilder<CallbackCountRow> builder)
    {
        builder.ToTable(CallbackCountRow.Table.Name);
        builder.HasKey(row => new { row.Namespace, row.Target, row.Hour, row.Outcome, row.Bucket });
    }
}
