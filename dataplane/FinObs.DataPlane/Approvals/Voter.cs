using System.Security.Claims;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Approvals.Store;

namespace FinObs.DataPlane.Approvals;

/// <summary>Somebody who decides.</summary>
/// <param name="Name">As the audit log names it.</param>
/// <param name="Roles">What it is.</param>
internal sealed record Voter(string Name, IReadOnlyList<string> Roles)
{
    public static Voter Of(HttpContext context) => new(Caller.NameOf(context), [.. context.User.FindAll(ClaimTypes.Role).Select(role => role.Value)]);

    /// <summary>Why this voter does not count on the request, in a sentence; null where it does.</summary>
    public string? WhyNot(ApprovalRequestRow row, IReadOnlyList<ApprovalVoteRow> votes, bool selfAllowed)
    {
        bool alone = row.Development && selfAllowed;
        if (row.RequestedBy == Name && !alone)
        {
            return "You asked for it yourself: somebody else has to decide.";
        }

        if (row.Excluded.Contains(NameList.Item(Name), StringComparison.Ordinal))
        {
            return "You are excluded from this decision, because what is proposed comes from you or from an agent of yours.";
        }

        if (votes.Any(vote => vote.Actor == Name))
        {
            return "You have decided on this request already: one person counts once in the whole chain.";
        }

        return alone || RoleFor(row) is not null
            ? null
            : $"This step is decided by {string.Join(" or ", NameList.Read(row.WaitsFor))}; you are {(Roles.Count == 0 ? "none of them" : string.Join(", ", Roles))}.";
    }

    /// <summary>The role by which it counts in the step that is waited for.</summary>
    public string? RoleFor(ApprovalRequestRow row) => Roles.FirstOrDefault(role => row.WaitsFor.Contains(NameList.Item(role), StringComparison.Ordinal));
}
