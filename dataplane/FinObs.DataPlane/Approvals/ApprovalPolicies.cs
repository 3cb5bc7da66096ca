using FinObs.DataPlane.Access;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Approvals;

/// <summary>Which policy holds for an act: as configured, else built in, else one person who decides.</summary>
internal sealed class ApprovalPolicies(IOptions<ApprovalOptions> options)
{
    private static readonly ApprovalStep Decider = new("decide", 1, [Roles.Compliance, Roles.Admin]);

    /// <summary>One of each: what cannot be undone is looked at by both.</summary>
    private static readonly ApprovalStep[] Both = [new("compliance", 1, [Roles.Compliance]), new("administration", 1, [Roles.Admin, Roles.Compliance])];

    /// <summary>Exports are not among them: they need approval where a policy says so.</summary>
    private static readonly Dictionary<string, ApprovalStep[]> BuiltIn = new(StringComparer.Ordinal)
    {
        ["user.role.admin"] = [Decider],
        ["retention.*"] = Both,
        ["model.promote"] = [Decider],
        ["agent.*"] = [Decider],
    };

    /// <summary>Whether acts of this name are done only after people agreed.</summary>
    public bool IsRequired(string action) => Find(options.Value.Policies, action) is { } policy ? policy.Enabled : Find(BuiltIn, action) is not null;

    /// <summary>What holds for it; also for an act that need not be approved and is to be all the same.</summary>
    public (ApprovalPolicy Policy, IReadOnlyList<ApprovalStep> Chain) Of(string action)
    {
        ApprovalPolicy policy = Find(options.Value.Policies, action) ?? new ApprovalPolicy();
        ApprovalStep[] chain = [.. policy.Steps.Select(step => new ApprovalStep(step.Name, step.Required, [.. step.Roles]))];
        return (policy, chain.Length > 0 ? chain : Find(BuiltIn, action) ?? [Decider]);
    }

    /// <summary>By its whole name, else by the longest beginning.</summary>
    private static T? Find<T>(IDictionary<string, T> policies, string action)
        where T : class =>
        policies.TryGetValue(action, out T? exact)
            ? exact
            : policies.Where(pair => pair.Key.EndsWith('*') && action.StartsWith(pair.Key[..^1], StringComparison.Ordinal)).OrderByDescending(pair => pair.Key.Length).Select(pair => pair.Value).FirstOrDefault();
}

/// <summary>One step of a chain, as a request keeps it: a later change of the policy does not change what was asked.</summary>
internal sealed record ApprovalStep(string Name, int Required, IReadOnlyList<string> Roles);
