using k8s.Models;

namespace FinObs.Operator.DriftPolicies;

/// <summary>What the cluster says of a Job.</summary>
/// <param name="IsOver">It has ended, one way or the other.</param>
/// <param name="Failure">Why it has ended without doing its work; null = it has not.</param>
/// <param name="Message">Where it is, in a sentence.</param>
internal sealed record JobObservation(bool IsOver, string? Failure, string Message)
{
    public static JobObservation Of(V1Job job)
    {
        V1JobCondition? failed = Find(job, "Failed") ?? Find(job, "FailureTarget");
        if (failed is not null)
        {
            string why = $"The Job {job.Metadata.Name} has failed: {failed.Reason ?? "Failed"}{(string.IsNullOrWhiteSpace(failed.Message) ? "" : $", {failed.Message.Trim()}")}";
            return new JobObservation(IsOver: true, why, why);
        }

        if (Find(job, "Complete") is not null) return new JobObservation(IsOver: true, Failure: null, $"The Job {job.Metadata.Name} has done its work.");

        int active = job.Status?.Active ?? 0, broken = job.Status?.Failed ?? 0;
        string after = broken == 0 ? "" : $" after {broken} of them failed";
        return new JobObservation(IsOver: false, Failure: null, active == 0 ? $"The Job {job.Metadata.Name} waits for a pod{after}." : $"The Job {job.Metadata.Name} has a pod{after}.");
    }

    private static V1JobCondition? Find(V1Job job, string type) => (job.Status?.Conditions ?? []).FirstOrDefault(condition => condition.Type == type && condition.Status == "True");
}
