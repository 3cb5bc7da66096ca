using System.ComponentModel.DataAnnotations;
using FinObs.DataPlane.Access;

namespace FinObs.DataPlane.Approvals;

/// <summary>Section <c>Approvals</c>: who has to agree to what.</summary>
internal sealed class ApprovalOptions : IValidatableObject
{
    public const string Section = "Approvals";
    private const int MostPeople = 10;

    /// <summary>
    /// Where nobody can be told from anybody, because no access is configured, the one caller <c>local</c> may decide on what it asked for itself; every record then says <c>development</c>.
    /// </summary>
    public bool AllowSelfInDevelopment { get; set; } = true;

    /// <summary>By action, e.g. <c>user.role.admin</c>, or by its beginning, e.g. <c>export.*</c>; the longest that fits holds. They stand before the built-in ones, see <see cref="ApprovalPolicies"/>.</summary>
    public IDictionary<string, ApprovalPolicy> Policies { get; } = new Dictionary<string, ApprovalPolicy>(StringComparer.Ordinal);

    /// <summary>How often is looked for what expired, is overdue, or has to be tried again.</summary>
    public TimeSpan Period { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>An approved act that could not be carried out is tried so many times in all, at growing intervals.</summary>
    [Range(1, 100)]
    public int MostAttempts { get; set; } = 10;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Period < TimeSpan.FromMilliseconds(100)) yield return new("Approvals:Period must be at least 100 ms.");
        foreach ((string action, ApprovalPolicy policy) in Policies)
        {
            foreach (string problem in Problems(policy)) yield return new($"Approvals:Policies:{action}: {problem}");
        }
    }

    private static IEnumerable<string> Problems(ApprovalPolicy policy)
    {
        if (policy.TimeToLive <= TimeSpan.Zero) yield return "TimeToLive must be longer than nothing.";
        if (policy.EscalateAfter is { } after && (after <= TimeSpan.Zero || after >= policy.TimeToLive)) yield return "EscalateAfter must be shorter than TimeToLive.";
        if (policy.EscalateTo is { } role && !Roles.OfPeople.ContainsKey(role)) yield return $"EscalateTo names no role: {role}.";
        if (policy.Steps.Sum(step => step.Required) > MostPeople) yield return $"all steps together may ask for {MostPeople} people at most.";
        foreach (ApprovalStepOptions step in policy.Steps)
        {
            if (string.IsNullOrWhiteSpace(step.Name)) yield return "each step needs a Name.";
            if (step.Required < 1) yield return $"step {step.Name}: Required must be 1 or more.";
            if (step.Roles.Count == 0) yield return $"step {step.Name}: name at least one of the Roles that decide.";
            foreach (string unknown in step.Roles.Where(name => !Roles.OfPeople.ContainsKey(name))) yield return $"step {step.Name}: there is no role {unknown}.";
        }
    }
}

/// <summary>Who has to agree to one kind of act, and by when.</summary>
internal sealed class ApprovalPolicy
{
    /// <summary>False: acts of this kind are done without asking.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>One after another; none = those of the built-in policy.</summary>
    public IList<ApprovalStepOptions> Steps { get; } = [];

    /// <summary>Nobody can decide after that.</summary>
    public TimeSpan TimeToLive { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Undecided for so long, it is overdue: <see cref="EscalateTo"/> may then decide too. Null: never.</summary>
    public TimeSpan? EscalateAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The role that may decide in whatever step an overdue request stands; null: it is only marked.</summary>
    public string? EscalateTo { get; set; } = Roles.Admin;
}

/// <summary>One step of a chain: so many people of these roles.</summary>
internal sealed class ApprovalStepOptions
{
    public string Name { get; set; } = "";

    public int Required { get; set; } = 1;

    public IList<string> Roles { get; } = [];
}
