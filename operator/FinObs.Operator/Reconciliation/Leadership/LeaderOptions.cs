using System.ComponentModel.DataAnnotations;

namespace FinObs.Operator.Reconciliation.Leadership;

/// <summary>Section <c>Leader</c>. The times are those of Kubernetes' own controllers.</summary>
internal sealed class LeaderOptions : IValidatableObject
{
    public const string Section = "Leader";

    /// <summary>False: no lease; for a single process on a developer's machine only.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Name of the Lease.</summary>
    [Required]
    public string LeaseName { get; set; } = "finobs-operator";

    /// <summary>Namespace of the Lease; empty: that of the pod or of the kubeconfig.</summary>
    public string LeaseNamespace { get; set; } = "";

    /// <summary>Who this is; empty: the host's name and a random part.</summary>
    public string Identity { get; set; } = "";

    /// <summary>How long a rival waits after the last renewal it saw. Whole seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the leader acts on after its last renewal. The difference to the lease's duration is what a request may be under way at most.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "00:10:00")]
    public TimeSpan RenewDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Between two attempts to take or renew it.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00")]
    public TimeSpan RetryPeriod { get; set; } = TimeSpan.FromSeconds(2);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (RenewDeadline >= LeaseDuration)
        {
            yield return new ValidationResult("Leader:RenewDeadline must be shorter than Leader:LeaseDuration, or two processes could act at once.");
        }

        if (RetryPeriod * 2 > RenewDeadline)
        {
            yield return new ValidationResult("Leader:RetryPeriod must fit twice into Leader:RenewDeadline, or one failed renewal would end the term.");
        }
    }
}
