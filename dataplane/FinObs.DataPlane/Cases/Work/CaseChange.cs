using System.Globalization;
using FinObs.DataPlane.Cases.Store;

namespace FinObs.DataPlane.Cases.Work;

/// <summary>Something that a person does to a case: checked against the case as it is, then a new state of it.</summary>
internal abstract record CaseChange
{
    public const int LongestText = 4_000;
    public const int LongestName = 200;

    /// <summary>Of <see cref="CaseKinds"/>.</summary>
    public abstract string Kind { get; }

    /// <summary>Whether another one's lock stands in the way.</summary>
    public virtual bool NeedsLock => true;

    /// <summary>Whether it is to be done to a case that is resolved.</summary>
    public virtual bool OnResolved => false;

    /// <summary>Why it cannot be done, in a sentence; null where it can.</summary>
    public abstract string? Problem(CaseRow row, DateTimeOffset now);

    /// <summary>The case after it, and what changed.</summary>
    public abstract CaseStep Apply(CaseRow row, string actor, DateTimeOffset now);

    protected static string? Text(DateTimeOffset? instant) => instant?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    protected static string? TextProblem(string? text, string name, int longest, bool mandatory = true) =>
        mandatory && string.IsNullOrWhiteSpace(text) ? $"{name} must be there: it becomes part of the record."
        : text?.Length > longest ? $"{name} may have at most {longest} characters." : null;

    internal sealed record Assign(string? To) : CaseChange
    {
        public override string Kind => CaseKinds.Assigned;

        public override string? Problem(CaseRow row, DateTimeOffset now) => TextProblem(To, "to", LongestName, mandatory: false);

        public override CaseStep Apply(CaseRow row, string actor, DateTimeOffset now) => new(row with { AssignedTo = string.IsNullOrWhiteSpace(To) ? null : To }, row.AssignedTo, string.IsNullOrWhiteSpace(To) ? null : To);
    }

    internal sealed record Escalate(string? Reason) : CaseChange
    {
        public override string Kind => CaseKinds.Escalated;

        public override string? Problem(CaseRow row, DateTimeOffset now) => TextProblem(Reason, "reason", LongestText);

        public override CaseStep Apply(CaseRow row, string actor, DateTimeOffset now) =>
            new(row with { Status = CaseStatus.Escalated, EscalatedAt = now, Priority = Math.Max(1, row.Priority - 1) }, row.Status.ToString(), nameof(CaseStatus.Escalated), Reason);
    }

    internal sealed record Comment(string? Words) : CaseChange
    {
        public override string Kind => CaseKinds.Commented;

        public override bool NeedsLock => false;

        public override bool OnResolved => true;

        public override string? Problem(CaseRow row, DateTimeOffset now) => TextProblem(Words, "comment", LongestText);

        public override CaseStep Apply(CaseRow row, string actor, DateTimeOffset now) => new(row, null, null, Words);
    }

    internal sealed record Snooze(DateTimeOffset? Until, string? Reason) : CaseChange
    {
        private static readonly TimeSpan Longest = TimeSpan.FromDays(90);

        public override string Kind => CaseKinds.Snoozed;

        public override string? Problem(CaseRow row, DateTimeOffset now) => Until is { } until
            ? until <= now || until > now + Longest ? $"until must be in the future and at most {Longest.Days} days away; without it the case is woken." : TextProblem(Reason, "reason", LongestText)
            : TextProblem(Reason, "reason", LongestText, mandatory: false);

        public override CaseStep Apply(CaseRow row, string actor, DateTimeOffset now) => new(row with { SnoozedUntil = Until }, Text(row.SnoozedUntil), Text(Until), Reason);
    }

    internal sealed record SetDue(DateTimeOffset? At, string? Reason) : CaseChange
    {
        public override string Kind => CaseKinds.DueSet;

        public override string? Problem(CaseRow row, DateTimeOffset now) => At is not { } at ? "due must be an ISO 8601 instant with a zone." : at <= now ? "due must be in the future." : TextProblem(Reason, "reason", LongestText);

        public override CaseStep Apply(CaseRow row, string actor, DateTimeOffset now) => new(row with { DueAt = At!.Value, DueByHand = true }, Text(row.DueAt), Text(At), Reason);
    }

    internal sealed record SetPriority(int? Priority) : CaseChange
    {
        public override string Kind => CaseKinds.PrioritySet;

        public override string? Problem(CaseRow row, DateTimeOffset now) => Priority is >= 1 and <= 5 ? null : "priority must be a whole number from 1, the most urgent, to 5.";

        public override CaseStep Apply(CaseRow row, string actor, DateTimeOffset now) =>
            new(row with { Priority = Priority!.Value }, row.Priority.ToString(CultureInfo.InvariantCulture), Priority.Value.ToString(CultureInfo.InvariantCulture));
    }

    /// <param name="Severity">The new one.</param>
    /// <param name="Due">When a case of that severity that was opened then is due.</param>
    internal sealed record SetSeverity(CaseSeverity? Severity, Func<CaseRow, CaseSeverity, DateTimeOffset> Due) : CaseChange
    {
        public override string Kind => CaseKinds.SeveritySet;

        public override string? Problem(CaseRow row, DateTimeOffset now) => Severity is null ? $"severity must be one of {string.Join(", ", Enum.GetNames<CaseSeverity>())}." : null;

        public override CaseStep Apply(CaseRow row, string actor, DateTimeOffset now) => new(
            row with { Severity = Severity!.Value, DueAt = row.DueByHand ? row.DueAt : Due(row, Severity.Value) }, row.Severity.ToString(), Severity.Value.ToString());
    }

    internal sealed record SetStatus(CaseStatus? Status) : CaseChange
    {
        public override string Kind => CaseKinds.StatusSet;

        public override string? Problem(CaseRow row, DateTimeOffset now) =>
            Status is CaseStatus.Open or CaseStatus.Triaged or CaseStatus.InProgress ? null : "status must be Open, Triaged or InProgress; to escalate, resolve or reopen a case has an act of its own.";

        public override CaseStep Apply(CaseRow row, string actor, DateTimeOffset now) => new(row with { Status = Status!.Value }, row.Status.ToString(), Status.Value.ToString());
    }

    internal sealed record SetDetails(string? Title, string? Desk, string? Trader, string? RootCause, string? DetectionMethod) : CaseChange
    {
        public override string Kind => CaseKinds.DetailsSet;

        public override string? Problem(CaseRow row, DateTimeOffset now) =>
            Given.Count == 0 ? "Send at least one of title, desk, trader, rootCause, detectionMethod." : Given.Select(pair => TextProblem(pair.Value, pair.Name, LongestName)).FirstOrDefault(problem => problem is not null);

        private List<(string Name, string Value)> Given =>
        [
            .. new[] { ("title", Title), ("desk", Desk), ("trader", Trader), ("rootCause", RootCause), ("detectionMethod", DetectionMethod) }
                .Where(pair => pair.Item2 is not null).Select(pair => (pair.Item1, pair.Item2!)),
        ];

        public override CaseStep Apply(CaseRow row, string actor, DateTimeOffset now) => new(
            row with
            {
                Title = Title ?? row.Title,
                Desk = Desk ?? row.Desk,
                Trader = Trader ?? row.Trader,
                RootCause = RootCause ?? row.RootCause,
                DetectionMethod = DetectionMethod ?? row.DetectionMethod,
            },
            null, string.Join("; ", Given.Select(pair => $"{pair.Name}: {pair.Value}")));
    }

    /// <param name="For">How long.</param>
    internal sealed record Lock(TimeSpan For) : CaseChange
    {
        public override string Kind => CaseKinds.Locked;

        public override string? Problem(CaseRow row, DateTimeOffset now) => For >= TimeSpan.FromMinutes(1) && For <= TimeSpan.FromDays(1) ? null : "minutes must be a whole number from 1 to 1440.";

        public override CaseStep Apply(CaseRow row, string actor, DateTimeOffset now) => new(row with { LockedBy = actor, LockedUntil = now + For }, row.LockedBy, actor);
    }

    internal sealed record Unlock : CaseChange
    {
        public override string Kind => CaseKinds.Unlocked;

        public override bool OnResolved => true;

        public override string? Problem(CaseRow row, DateTimeOffset now) => row.HolderAt(now) is null ? "Nobody holds the case." : null;

        public override CaseStep Apply(CaseRow row, string actor, DateTimeOffset now) => new(row with { LockedBy = null, LockedUntil = null }, row.LockedBy, null);
    }

    internal sealed record Resolve(string? Outcome, string? Notes, Guid? DuplicateOf) : CaseChange
    {
        public override string Kind => CaseKinds.Resolved;

        public override string? Problem(CaseRow row, DateTimeOffset now) =>
            !CaseOutcomes.All.Contains(Outcome) ? $"outcome must be one of {string.Join(", ", CaseOutcomes.All)}."
            : (Outcome == CaseOutcomes.Duplicate) != DuplicateOf.HasValue ? "duplicateOf names the other case where the outcome is duplicate, and only there."
            : DuplicateOf == row.Id ? "A case is no duplicate of itself."
            : TextProblem(Notes, "notes", LongestText);

        public override CaseStep Apply(CaseRow row, string actor, DateTimeOffset now) => new(
            row with
            {
                Status = CaseStatus.Resolved,
                OpenKey = null,
                ResolvedAt = now,
                ResolvedBy = actor,
                Outcome = Outcome,
                Notes = Notes,
                DuplicateOf = DuplicateOf,
                LockedBy = null,
                LockedUntil = null,
                SnoozedUntil = null,
            },
            row.Status.ToString(), Outcome, Notes);
    }

    internal sealed record Reopen(string? Reason) : CaseChange
    {
        public override string Kind => CaseKinds.Reopened;

        public override bool OnResolved => true;

        public override string? Problem(CaseRow row, DateTimeOffset now) => row.Status != CaseStatus.Resolved ? "The case is open." : TextProblem(Reason, "reason", LongestText);

        /// <summary>It keeps no key: what comes now goes to the case that was opened since, or to a new one.</summary>
        public override CaseStep Apply(CaseRow row, string actor, DateTimeOffset now) => new(
            row with { Status = CaseStatus.Open, ResolvedAt = null, ResolvedBy = null, Outcome = null, Notes = null, DuplicateOf = null }, row.Outcome, nameof(CaseStatus.Open), Reason);
    }
}

/// <summary>The case after a change, and what of it the record tells.</summary>
internal sealed record CaseStep(CaseRow After, string? OldValue, string? NewValue, string? Comment = null);
