using Cronos;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.DataPlane.Monitoring.Windows;

namespace FinObs.DataPlane.Drift;

/// <summary>When a policy is to be checked, and over which window. Times that passed while nothing ran are made up for by one check, the last.</summary>
internal sealed class DriftSchedule
{
    /// <summary>Windows are counted a moment behind the decisions: a check waits for it.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    private readonly CronExpression _cron;
    private readonly DriftWindow _window;

    private DriftSchedule(CronExpression cron, DriftWindow window) => (_cron, _window) = (cron, window);

    /// <summary>Null where the expression is none.</summary>
    public static DriftSchedule? Of(DriftPolicySpec spec) => CronExpression.TryParse(spec.Schedule, CronFormat.Standard, out CronExpression? cron) ? new DriftSchedule(cron, spec.Window) : null;

    /// <summary>The last time after <paramref name="last"/> at which it was due, and has had its grace; null = not yet.</summary>
    public DateTimeOffset? DueAt(DateTimeOffset last, DateTimeOffset now)
    {
        DateTimeOffset? due = null;
        while (_cron.GetNextOccurrence(due ?? last, TimeZoneInfo.Utc) is { } next && next + Grace <= now)
        {
            due = next;
        }

        return due;
    }

    /// <summary>How long until the next is due; null = never.</summary>
    public TimeSpan? Until(DateTimeOffset last, DateTimeOffset now) => _cron.GetNextOccurrence(last, TimeZoneInfo.Utc) is { } next ? (next + Grace > now ? next + Grace - now : TimeSpan.Zero) : null;

    /// <summary>The window that a check at that time looks at: the last whole one, or the length that has just passed. It begins and ends with a bucket.</summary>
    public (DateTimeOffset From, DateTimeOffset To) WindowAt(DateTimeOffset due)
    {
        TimeSpan length = TimeSpan.FromTicks(Math.Max(WindowBuckets.Length.Ticks, _window.Duration.Value.Ticks - (_window.Duration.Value.Ticks % WindowBuckets.Length.Ticks)));
        DateTimeOffset to = _window.Mode == WindowMode.Tumbling ? new DateTimeOffset(due.UtcTicks - (due.UtcTicks % length.Ticks), TimeSpan.Zero) : WindowBuckets.StartOf(due);
        return (to - length, to);
    }
}
