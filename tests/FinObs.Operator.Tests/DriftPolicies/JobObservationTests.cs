using FinObs.Operator.DriftPolicies;
using k8s.Models;

namespace FinObs.Operator.Tests.DriftPolicies;

public sealed class JobObservationTests
{
    [Fact]
    public void A_Job_without_a_status_waits_for_its_pod() => Assert.Equal(new JobObservation(false, null, "The Job train waits for a pod."), JobObservation.Of(Job(null)));

    [Fact]
    public void Pods_that_failed_are_counted() =>
        Assert.Equal("The Job train has a pod after 2 of them failed.", JobObservation.Of(Job(new V1JobStatus { Active = 1, Failed = 2 })).Message);

    [Theory]
    [InlineData("Failed")]
    [InlineData("FailureTarget")]
    public void A_failure_has_the_reason_of_the_cluster(string type)
    {
        JobObservation seen = JobObservation.Of(Job(Status(type, "DeadlineExceeded", "Job was active longer than specified deadline")));
        Assert.True(seen.IsOver);
        Assert.Equal("The Job train has failed: DeadlineExceeded, Job was active longer than specified deadline", seen.Failure);
    }

    [Fact]
    public void Complete_is_over_without_a_failure() => Assert.Equal((true, null), (JobObservation.Of(Job(Status("Complete", "", ""))).IsOver, JobObservation.Of(Job(Status("Complete", "", ""))).Failure));

    private static V1JobStatus Status(string type, string reason, string message) => new() { Conditions = [new V1JobCondition { Type = type, Status = "True", Reason = reason, Message = message }] };

    private static V1Job Job(V1JobStatus? status) => new() { Metadata = new V1ObjectMeta { Name = "train" }, Status = status };
}
