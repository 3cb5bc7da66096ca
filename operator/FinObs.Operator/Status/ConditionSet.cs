using FinObs.Contracts.Resources;

namespace FinObs.Operator.Status;

/// <summary>A condition that is not as it was.</summary>
internal sealed record ConditionTransition(Condition? Before, Condition After);

/// <summary>
/// The conditions of one object while it is reconciled: begun from those it has, set by the steps, folded once at the end.
/// <c>lastTransitionTime</c> moves only when the status does. <c>Reconciling</c> and <c>Stalled</c> are there only where this
/// reconcile says so (kstatus); others stay as they were until a step says otherwise.
/// </summary>
internal sealed class ConditionSet
{
    private readonly Dictionary<string, Condition> _before;
    private readonly Dictionary<string, Condition> _now;
    private readonly long _generation;
    private readonly DateTimeOffset _time;

    public ConditionSet(IReadOnlyList<Condition>? before, long generation, DateTimeOffset now)
    {
        _before = (before ?? []).ToDictionary(condition => condition.Type);
        _now = new Dictionary<string, Condition>(_before);
        _now.Remove(ConditionTypes.Reconciling);
        _now.Remove(ConditionTypes.Stalled);
        _generation = generation;
        // metav1.Time has whole seconds.
        _time = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
    }

    /// <summary>What changed so far: each is worth an Event.</summary>
    public IReadOnlyList<ConditionTransition> Transitions =>
    [
        .. InOrder()
            .Select(condition => new ConditionTransition(_before.GetValueOrDefault(condition.Type), condition))
            .Where(transition => transition.Before?.Status != transition.After.Status || transition.Before.Reason != transition.After.Reason),
    ];

    public ConditionStatus this[string type] => _now.GetValueOrDefault(type)?.Status ?? ConditionStatus.Unknown;

    /// <summary>As it stands; null where nobody has spoken of it.</summary>
    public Condition? Find(string type) => _now.GetValueOrDefault(type);

    /// <param name="type">What is spoken of.</param>
    /// <param name="status">Whether it holds.</param>
    /// <param name="reason">From the kind's closed list.</param>
    /// <param name="message">A sentence for people.</param>
    public void Set(string type, ConditionStatus status, string reason, string message)
    {
        Condition? before = _before.GetValueOrDefault(type);
        _now[type] = new Condition
        {
            Type = type,
            Status = status,
            Reason = reason,
            Message = message,
            ObservedGeneration = _generation,
            LastTransitionTime = before?.Status == status ? before.LastTransitionTime : _time,
        };
    }

    /// <summary>Work is under way.</summary>
    public void Reconciling(string reason, string message) => Set(ConditionTypes.Reconciling, ConditionStatus.True, reason, message);

    /// <summary>Without a change from outside it will not get on.</summary>
    public void Stalled(string reason, string message) => Set(ConditionTypes.Stalled, ConditionStatus.True, reason, message);

    /// <summary>As they stand, without a summary.</summary>
    public IReadOnlyList<Condition> All() => [.. InOrder()];

    public void Remove(string type) => _now.Remove(type);

    /// <summary>
    /// Sums up in <c>Ready</c>: true where all parts are and nothing is stalled; else it has the reason of what stalls, or of the
    /// first part that is false, or of the first that nobody knows.
    /// </summary>
    public IReadOnlyList<Condition> Fold(string readyReason, string readyMessage, params ReadOnlySpan<string> parts)
    {
        Condition? culprit = _now.GetValueOrDefault(ConditionTypes.Stalled);
        foreach (ConditionStatus bad in (ReadOnlySpan<ConditionStatus>)[ConditionStatus.False, ConditionStatus.Unknown])
        {
            foreach (string part in parts)
            {
                if (this[part] == bad) culprit ??= _now.GetValueOrDefault(part) ?? Unseen(part);
            }
        }

        if (culprit is null)
        {
            Set(ConditionTypes.Ready, ConditionStatus.True, readyReason, readyMessage);
        }
        else
        {
            ConditionStatus status = culprit.Status == ConditionStatus.Unknown ? ConditionStatus.Unknown : ConditionStatus.False;
            Set(ConditionTypes.Ready, status, culprit.Reason, culprit.Message);
        }

        return [.. InOrder()];
    }

    /// <summary>The summary first, the rest by name: the same conditions always look the same.</summary>
    private IEnumerable<Condition> InOrder() => _now.Values.OrderBy(condition => condition.Type switch
    {
        ConditionTypes.Ready => 0,
        ConditionTypes.Reconciling => 1,
        ConditionTypes.Stalled => 2,
        _ => 3,
    }).ThenBy(condition => condition.Type, StringComparer.Ordinal);

    private Condition Unseen(string type) => new()
    {
        Type = type,
        Status = ConditionStatus.Unknown,
        Reason = "NotYetSeen",
        Message = $"{type} was not looked at yet.",
        LastTransitionTime = _time,
    };
}
