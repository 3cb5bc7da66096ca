using FinObs.DataPlane.Access;
using FinObs.DataPlane.Cases.Opening;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Cases.Work;

namespace FinObs.DataPlane.Cases.Api;

/// <summary>What is to be done to a case; which members count depends on the act.</summary>
internal sealed record CaseActionRequest
{
    /// <summary>The version that was seen, where it is not sent as If-Match.</summary>
    public long? Version { get; init; }

    /// <summary>assign: an actor; none = nobody.</summary>
    public string? To { get; init; }

    /// <summary>escalate, snooze, due, reopen.</summary>
    public string? Reason { get; init; }

    /// <summary>comment.</summary>
    public string? Comment { get; init; }

    /// <summary>snooze; none = wake.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>due.</summary>
    public DateTimeOffset? Due { get; init; }

    /// <summary>priority: 1 to 5.</summary>
    public int? Priority { get; init; }

    /// <summary>severity.</summary>
    public string? Severity { get; init; }

    /// <summary>status.</summary>
    public string? Status { get; init; }

    /// <summary>lock.</summary>
    public int? Minutes { get; init; }

    /// <summary>resolve.</summary>
    public string? Outcome { get; init; }

    /// <summary>resolve.</summary>
    public string? Notes { get; init; }

    /// <summary>resolve as duplicate.</summary>
    public Guid? DuplicateOf { get; init; }

    /// <summary>details.</summary>
    public string? Title { get; init; }

    /// <summary>details.</summary>
    public string? Desk { get; init; }

    /// <summary>details.</summary>
    public string? Trader { get; init; }

    /// <summary>details.</summary>
    public string? RootCause { get; init; }

    /// <summary>details.</summary>
    public string? DetectionMethod { get; init; }
}

/// <summary>One act on many cases.</summary>
internal sealed record BulkRequest(IReadOnlyList<Guid>? Ids, string? Action, CaseActionRequest? With)
{
    public const int MostIds = 500;
}

/// <summary>A case that a person opens.</summary>
internal sealed record NewCaseRequest
{
    public string? Namespace { get; init; }

    public string? Type { get; init; }

    public string? Title { get; init; }

    public string? Description { get; init; }

    public string? Severity { get; init; }

    public int? Priority { get; init; }

    public string? Account { get; init; }

    public string? Desk { get; init; }

    public string? Trader { get; init; }

    public string? RootCause { get; init; }

    public string? DetectionMethod { get; init; }

    /// <summary>The case to open, or a sentence that says what is missing.</summary>
    public (NewCase? Case, string? Problem) Check(string actor, Guid id)
    {
        string?[] names = [Type, Title, Account, Desk, Trader, RootCause, DetectionMethod, Namespace];
        if (string.IsNullOrWhiteSpace(Type) || string.IsNullOrWhiteSpace(Title) || names.Any(name => name?.Length > CaseChange.LongestName) || Description?.Length > CaseChange.LongestText)
        {
            return (null, $"type and title must be there; description may have {CaseChange.LongestText} characters, everything else {CaseChange.LongestName}.");
        }

        if (CaseActs.Named<CaseSeverity>(Severity) is not { } severity)
        {
            return (null, $"severity must be one of {string.Join(", ", Enum.GetNames<CaseSeverity>())}.");
        }

        if (Priority is < 1 or > 5)
        {
            return (null, "priority must be a whole number from 1, the most urgent, to 5.");
        }

        return (new NewCase
        {
            Namespace = Namespace ?? "default",
            Type = Type,
            Key = $"person:{id}",
            Title = Title,
            Description = Description,
            Severity = severity,
            Priority = Priority,
            Source = CaseSources.Person,
            Actor = actor,
            Account = Account,
            Desk = Desk,
            Trader = Trader,
            RootCause = RootCause,
            DetectionMethod = DetectionMethod ?? "person",
        }, null);
    }
}

/// <summary>The acts by the names that they have in paths, and what each asks for.</summary>
internal static class CaseActs
{
    /// <summary>Name, permission, and what it does.</summary>
    public static readonly (string Name, string Permission, string Summary)[] All =
    [
        ("assign", Permissions.CaseWork, "Give the case to somebody, or to nobody."),
        ("escalate", Permissions.CaseWork, "Raise it: status Escalated, one step more urgent."),
        ("comment", Permissions.CaseWork, "Say something about it; whoever holds it."),
        ("snooze", Permissions.CaseWork, "Let it sleep until a time, or wake it."),
        ("due", Permissions.CaseWork, "Set by when it is to be resolved."),
        ("priority", Permissions.CaseWork, "Set how urgent it is."),
        ("severity", Permissions.CaseWork, "Set how grave it is; the due date follows, unless a person set it."),
        ("status", Permissions.CaseWork, "Set it to Open, Triaged or InProgress."),
        ("details", Permissions.CaseWork, "Set title, desk, trader, root cause, way of detection."),
        ("lock", Permissions.CaseWork, "Hold it against others for some minutes, or go on holding it."),
        ("unlock", Permissions.CaseWork, "Let it go."),
        ("resolve", Permissions.CaseResolve, "Resolve it with an outcome, which labels its transactions."),
        ("reopen", Permissions.CaseResolve, "Open it again; the labels that it gave are withdrawn."),
    ];

    /// <summary>What a request asks for; null for a name that is no act.</summary>
    public static CaseChange? Of(string act, CaseActionRequest body, CaseOptions options) => act switch
    {
        "assign" => new CaseChange.Assign(body.To),
        "escalate" => new CaseChange.Escalate(body.Reason),
        "comment" => new CaseChange.Comment(body.Comment),
        "snooze" => new CaseChange.Snooze(Utc(body.Until), body.Reason),
        "due" => new CaseChange.SetDue(Utc(body.Due), body.Reason),
        "priority" => new CaseChange.SetPriority(body.Priority),
        "severity" => new CaseChange.SetSeverity(Named<CaseSeverity>(body.Severity), (row, severity) => row.OpenedAt + options.DueWithin.Of(severity)),
        "status" => new CaseChange.SetStatus(Named<CaseStatus>(body.Status)),
        "details" => new CaseChange.SetDetails(body.Title, body.Desk, body.Trader, body.RootCause, body.DetectionMethod),
        "lock" => new CaseChange.Lock(body.Minutes is { } minutes ? TimeSpan.FromMinutes(Math.Clamp(minutes, 0, 10_000)) : options.LockTime),
        "unlock" => new CaseChange.Unlock(),
        "resolve" => new CaseChange.Resolve(body.Outcome, body.Notes, body.DuplicateOf),
        "reopen" => new CaseChange.Reopen(body.Reason),
        _ => null,
    };

    /// <summary>Whether it is done without naming a version: it takes nothing from anybody.</summary>
    public static bool NeedsVersion(string act) => act is not ("comment" or "lock" or "unlock");

    public static T? Named<T>(string? name)
        where T : struct, Enum =>
        Enum.GetNames<T>().Contains(name, StringComparer.OrdinalIgnoreCase) ? Enum.Parse<T>(name!, ignoreCase: true) : null;

    /// <summary>As the databases keep it.</summary>
    private static DateTimeOffset? Utc(DateTimeOffset? instant) =>
        instant is { } at ? new DateTimeOffset(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero) : null;
}
