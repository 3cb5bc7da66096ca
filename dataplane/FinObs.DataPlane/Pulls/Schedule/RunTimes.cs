using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Cronos;
using FinObs.Contracts.Resources.PullSources;

namespace FinObs.DataPlane.Pulls.Schedule;

/// <summary>When a source is asked next. Cron expressions follow the clocks of their zone: a time that is skipped in spring runs at the jump, one that comes twice in autumn runs once.</summary>
internal sealed class RunTimes
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromDays(365);

    /// <summary>For an expression that never comes true, such as the 30th of February.</summary>
    private static readonly DateTimeOffset Never = new(4000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _source;
    private readonly TimeSpan? _interval;
    private readonly CronExpression? _cron;
    private readonly TimeZoneInfo _zone;
    private readonly double _jitter;
    private readonly TimeSpan _backoffMax;

    private RunTimes(string source, PullSourceSpec spec, CronExpression? cron, TimeZoneInfo zone)
    {
        _source = source;
        _interval = spec.Schedule.Interval?.Value;
        _cron = cron;
        _zone = zone;
        _jitter = (double)spec.Schedule.Jitter;
        _backoffMax = spec.OnError.BackoffMax.Value < LongestInterval ? spec.OnError.BackoffMax.Value : LongestInterval;
    }

    /// <exception cref="FormatException">The expression or the zone is none; the message says what to write.</exception>
    public static RunTimes Of(string source, PullSourceSpec spec)
    {
        CronExpression? cron = null;
        if (spec.Schedule.Cron is { } text && !CronExpression.TryParse(text, CronFormat.Standard, out cron))
        {
            throw new FormatException($"schedule.cron: {text} is no cron expression of five fields (minute hour day month weekday).");
        }

        if (spec.Schedule.Interval is { Value: var interval } && (interval < TimeSpan.FromSeconds(1) || interval > LongestInterval))
        {
            throw new FormatException("schedule.interval: must be from 1s to 8760h.");
        }

        string zone = spec.Schedule.TimeZone ?? "UTC";
        return TimeZoneInfo.TryFindSystemTimeZoneById(zone, out TimeZoneInfo? found)
            ? new RunTimes(source, spec, cron, found)
            : throw new FormatException($"schedule.timeZone: {zone} is no zone of the IANA database, like Europe/Berlin.");
    }

    /// <summary>The first run of a new source: at once, or when the clock says so.</summary>
    public DateTimeOffset First(DateTimeOffset now) => _cron is null ? now : After(now);

    /// <summary>The run after one that began then; never before now, and put off by its share of the gap.</summary>
    public DateTimeOffset Next(DateTimeOffset began, DateTimeOffset now)
    {
        DateTimeOffset next = After(began);
        return next < now ? _cron is null ? now : After(now) : next;
    }

    /// <summary>The run after so many failures in a row: 10 s, then twice as long each time.</summary>
    /// <param name="failures">At least 1.</param>
    /// <param name="now">Now.</param>
    /// <param name="retryAfter">What the server asked for: no run before it, a day at most.</param>
    public DateTimeOffset AfterFailure(int failures, DateTimeOffset now, TimeSpan? retryAfter)
    {
        TimeSpan pause = TimeSpan.FromTicks(Math.Min(FirstBackoff.Ticks << Math.Min(failures - 1, 24), _backoffMax.Ticks));
        TimeSpan asked = retryAfter is { } wait && wait > TimeSpan.Zero ? (wait < TimeSpan.FromDays(1) ? wait : TimeSpan.FromDays(1)) : TimeSpan.Zero;
        return now + (pause > asked ? pause : asked);
    }

    /// <summary>No run can be due later than this: where one is, the clock was put back.</summary>
    public DateTimeOffset Latest(DateTimeOffset now)
    {
        DateTimeOffset next = After(now);
        return next + (next - now) + _backoffMax + TimeSpan.FromDays(1);
    }

    private DateTimeOffset After(DateTimeOffset began)
    {
        if (_cron is null)
        {
            return began + _interval!.Value + (_interval.Value * Share(began));
        }

        DateTimeOffset next = _cron.GetNextOccurrence(began, _zone) ?? Never;
        DateTimeOffset following = _cron.GetNextOccurrence(next, _zone) ?? next;
        return (next + ((following - next) * Share(next))).ToUniversalTime();
    }

    /// <summary>By chance of a hash: sources spread, and the same run is always put off by as much.</summary>
    private double Share(DateTimeOffset of)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{_source}|{of.UtcTicks}"));
        return _jitter * (BinaryPrimitives.ReadUInt32LittleEndian(hash) / (double)uint.MaxValue);
    }
}
