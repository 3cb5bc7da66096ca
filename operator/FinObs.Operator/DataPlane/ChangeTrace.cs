using System.Diagnostics;
using FinObs.Contracts.Resources;
using FinObs.Operator.Reconciliation;

namespace FinObs.Operator.DataPlane;

/// <summary>Carries the trace of a change on: from the pipeline that applied it (annotation <c>finobs.io/traceparent</c>) into the operator and the data plane.</summary>
internal static class ChangeTrace
{
    /// <summary>A span in the trace of the change, where the object names one; else in that of the reconcile.</summary>
    public static Activity? Start(CustomResource resource)
    {
        string? parent = resource.Metadata.Annotations?.GetValueOrDefault(WellKnown.Traceparent);
        string name = $"finobs.operator.{resource.Kind.ToLowerInvariant()}";
        Activity? current = Activity.Current;
        return parent is not null && ActivityContext.TryParse(parent, traceState: null, isRemote: true, out ActivityContext context)
            ? OperatorTelemetry.Source.StartActivity(name, ActivityKind.Internal, context, links: current is null ? null : [new ActivityLink(current.Context)])
            : OperatorTelemetry.Source.StartActivity(name);
    }

    /// <summary>The sentence with the current trace's id behind it.</summary>
    public static string Mark(string sentence) => Activity.Current is { } activity ? $"{sentence} (trace {activity.TraceId})" : sentence;
}
