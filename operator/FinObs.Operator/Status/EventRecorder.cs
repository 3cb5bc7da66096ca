using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.DriftPolicies;

namespace FinObs.Operator.Status;

/// <summary>How an Event is meant.</summary>
internal enum EventType
{
    Normal,
    Warning,
}

/// <summary>What is told, about which object.</summary>
internal readonly record struct EventKey(string Uid, EventType Type, string Reason);

/// <summary>The same thing told about the same object, once or many times within the window.</summary>
internal sealed record EventSeries(CustomResource About, EventKey Key, string Message, int Count, DateTimeOffset First, DateTimeOffset Last);

/// <summary>
/// Tells people what happened, as Events of the object (<c>kubectl describe</c>). The same reason about the same object within
/// <see cref="Window"/> is one Event with a count, so an object that fails every second does not flood the cluster.
/// </summary>
internal sealed class EventRecorder(EventQueue queue, TimeProvider time)
{
    /// <summary>How long after its last occurrence a series goes on.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<EventKey, EventSeries> _series = [];

    /// <param name="about">The object.</param>
    /// <param name="type">How it is meant.</param>
    /// <param name="reason">The reason of the condition that it is about.</param>
    /// <param name="message">A sentence; may name the trace.</param>
    public void Record(CustomResource about, EventType type, string reason, string message)
    {
        DateTimeOffset now = time.GetUtcNow();
        EventKey key = new(about.Metadata.Uid ?? "", type, reason);
        lock (_lock)
        {
            EventSeries? before = _series.GetValueOrDefault(key);
            if (before is null || now - before.Last > Window)
            {
                ForgetOld(now);
                before = new EventSeries(about, key, message, 0, now, now);
            }

            _series[key] = before with { Message = message, Count = before.Count + 1, Last = now };
        }

        queue.Add(key);
    }

    /// <summary>
    /// One Event for each condition that changed: a warning where something that should hold does not, or is stalled. That a part was not looked at yet is no story.
    /// </summary>
    /// <param name="about">The object.</param>
    /// <param name="transitions">What changed.</param>
    /// <param name="traceId">The trace of the change that led to it, so that one can go on from the Event.</param>
    public void Record(CustomResource about, IEnumerable<ConditionTransition> transitions, string? traceId = null)
    {
        foreach ((Condition? before, Condition condition) in transitions)
        {
            if (before is null && condition.Status == ConditionStatus.Unknown && condition.Type != ConditionTypes.Ready) continue;

            Record(about, IsBad(condition) ? EventType.Warning : EventType.Normal, condition.Reason, traceId is null ? condition.Message : $"{condition.Message} (trace {traceId})");
        }
    }

    /// <summary>Most conditions say what should hold; a few say what should not, or that work is under way.</summary>
    private static bool IsBad(Condition condition) => condition.Type switch
    {
        ConditionTypes.Stalled or DriftPolicyConditions.Drifting => condition.Status == ConditionStatus.True,
        DriftPolicyConditions.RetrainRunning => condition.Reason is DriftPolicyReasons.JobFailed or DriftPolicyReasons.JobNotAdmitted,
        _ => condition.Status == ConditionStatus.False,
    };

    public EventSeries? Find(EventKey key)
    {
        lock (_lock)
        {
            return _series.GetValueOrDefault(key);
        }
    }

    private void ForgetOld(DateTimeOffset now)
    {
        foreach (EventKey old in _series.Where(pair => now - pair.Value.Last > Window).Select(pair => pair.Key).ToArray()) _series.Remove(old);
    }
}
