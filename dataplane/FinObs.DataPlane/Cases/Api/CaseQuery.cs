using System.Globalization;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Features;

namespace FinObs.DataPlane.Cases.Api;

/// <summary>Filters of <c>GET /v1/cases</c>. Status and severity take several, with commas between.</summary>
internal sealed record CaseQuery
{
    public const int DefaultLimit = 50;
    public const int MostLimit = 500;

    public string? Namespace { get; init; }

    public string? Type { get; init; }

    public string? Status { get; init; }

    public string? Severity { get; init; }

    public string? Priority { get; init; }

    public string? Account { get; init; }

    public string? Desk { get; init; }

    public string? Trader { get; init; }

    public string? RootCause { get; init; }

    public string? DetectionMethod { get; init; }

    public string? AssignedTo { get; init; }

    public string? Source { get; init; }

    public string? Outcome { get; init; }

    public string? Reason { get; init; }

    /// <summary>Opened at or after.</summary>
    public string? From { get; init; }

    /// <summary>Opened before.</summary>
    public string? To { get; init; }

    public bool? Overdue { get; init; }

    public bool? Snoozed { get; init; }

    public bool? Locked { get; init; }

    public string? Cursor { get; init; }

    public string? Limit { get; init; }

    /// <summary>The checked filters, or a sentence that says which one is wrong and what to send.</summary>
    public (CaseFilter? Filter, string? Problem) Check()
    {
        if (!TryNames(Status, out CaseStatus[] statuses))
        {
            return (null, $"status must be one or more of {string.Join(", ", Enum.GetNames<CaseStatus>())}, with commas between.");
        }

        if (!TryNames(Severity, out CaseSeverity[] severities))
        {
            return (null, $"severity must be one or more of {string.Join(", ", Enum.GetNames<CaseSeverity>())}, with commas between.");
        }

        if (!TryNumber(Priority, 1, 5, out int? priority) || !TryNumber(Limit, 1, MostLimit, out int? limit))
        {
            return (null, $"priority must be a whole number from 1 to 5, limit one from 1 to {MostLimit}.");
        }

        if (!TryInstant(From, out DateTimeOffset? from) || !TryInstant(To, out DateTimeOffset? to))
        {
            return (null, "from and to must be ISO 8601 instants with a zone, such as 2026-01-31T00:00:00Z; they select by the time of opening.");
        }

        Guid before = default;
        return Cursor is not null && !Guid.TryParseExact(Cursor, "N", out before)
            ? (null, "cursor must be the `next` of the page before; leave it out for the first page.")
            : (new CaseFilter(this, statuses, severities, priority, from, to, Cursor is null ? null : before, limit ?? DefaultLimit), null);
    }

    private static bool TryNames<T>(string? text, out T[] values)
        where T : struct, Enum
    {
        values = [];
        if (text is null)
        {
            return true;
        }

        List<T> found = [];
        foreach (string name in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!Enum.TryParse(name, ignoreCase: true, out T value) || !Enum.GetNames<T>().Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                return false;
            }

            found.Add(value);
        }

        values = [.. found];
        return true;
    }

    private static bool TryNumber(string? text, int least, int most, out int? number)
    {
        bool valid = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int parsed) && parsed >= least && parsed <= most;
        number = valid ? parsed : null;
        return valid || text is null;
    }

    private static bool TryInstant(string? text, out DateTimeOffset? instant)
    {
        bool valid = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset parsed);
        instant = valid ? parsed : null;
        return valid || text is null;
    }
}

/// <summary>What to list, checked.</summary>
internal sealed record CaseFilter(
    CaseQuery Query, CaseStatus[] Statuses, CaseSeverity[] Severities, int? Priority, DateTimeOffset? From, DateTimeOffset? To, Guid? Before, int Limit)
{
    /// <summary>Newest first. Ids begin with their time, so the key gives order, page and time range.</summary>
    public IQueryable<CaseRow> Apply(FinObsDbContext db, DateTimeOffset now)
    {
        string from = Query.Namespace ?? "default";
        IQueryable<CaseRow> rows = db.Cases.Where(row => row.Namespace == from);
        rows = Statuses.Length == 0 ? rows : rows.Where(row => Statuses.Contains(row.Status));
        rows = Severities.Length == 0 ? rows : rows.Where(row => Severities.Contains(row.Severity));
        rows = Priority is { } priority ? rows.Where(row => row.Priority == priority) : rows;
        rows = Texts(rows);
        rows = From is { } least ? Since(rows, Partitions.FirstIdAt(least)) : rows;
        rows = To is { } most ? Until(rows, Partitions.FirstIdAt(most)) : rows;
        rows = Query.Overdue is { } overdue ? rows.Where(row => (row.Status != CaseStatus.Resolved && row.DueAt < now) == overdue) : rows;
        rows = Query.Snoozed is { } snoozed ? rows.Where(row => (row.SnoozedUntil != null && row.SnoozedUntil > now) == snoozed) : rows;
        rows = Query.Locked is { } locked ? rows.Where(row => (row.LockedUntil != null && row.LockedUntil > now) == locked) : rows;
        rows = Before is { } before ? Until(rows, before) : rows;
        return rows.OrderByDescending(row => row.Id).Take(Limit);
    }

    private IQueryable<CaseRow> Texts(IQueryable<CaseRow> rows)
    {
        CaseQuery query = Query;
        if (query.Account is { } account)
        {
            long hash = (long)StableHash.Of(account);
            rows = rows.Where(row => row.AccountHash == hash && row.Account == account);
        }

        rows = query.Type is null ? rows : rows.Where(row => row.Type == query.Type);
        rows = query.Desk is null ? rows : rows.Where(row => row.Desk == query.Desk);
        rows = query.Trader is null ? rows : rows.Where(row => row.Trader == query.Trader);
        rows = query.RootCause is null ? rows : rows.Where(row => row.RootCause == query.RootCause);
        rows = query.DetectionMethod is null ? rows : rows.Where(row => row.DetectionMethod == query.DetectionMethod);
        rows = query.AssignedTo is null ? rows : query.AssignedTo.Length == 0 ? rows.Where(row => row.AssignedTo == null) : rows.Where(row => row.AssignedTo == query.AssignedTo);
        rows = query.Source is null ? rows : rows.Where(row => row.Source == query.Source);
        rows = query.Outcome is null ? rows : rows.Where(row => row.Outcome == query.Outcome);
        string reason = $"\n{query.Reason}\n";
        return query.Reason is null ? rows : rows.Where(row => row.Reasons.Contains(reason));
    }

    private static IQueryable<CaseRow> Since(IQueryable<CaseRow> rows, Guid id) => rows.Where(row => row.Id >= id);

    private static IQueryable<CaseRow> Until(IQueryable<CaseRow> rows, Guid id) => rows.Where(row => row.Id < id);
}
