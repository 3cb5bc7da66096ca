using FinObs.DataPlane.Access.Users;
using FinObs.DataPlane.Approvals.Store;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Approvals;

/// <summary>Whether somebody counts on a request: by what the request says of them, and by whether they are who asked under another name.</summary>
internal sealed class VoterCheck(ClusterUsers cluster, IOptions<ApprovalOptions> options)
{
    /// <summary>Why not, in a sentence; null where they do.</summary>
    public async Task<string?> WhyNotAsync(Voter voter, ApprovalRecord found, CancellationToken cancellationToken)
    {
        bool selfAllowed = options.Value.AllowSelfInDevelopment;
        if (voter.WhyNot(found.Row, found.Votes, selfAllowed) is { } why)
        {
            return why;
        }

        if (found.Row.Development && selfAllowed)
        {
            return null;
        }

        return (await cluster.IsOneOfAsync([found.Row.RequestedBy, .. NameList.Read(found.Row.Excluded)], voter.Name, cancellationToken)) switch
        {
            true => "You asked for it yourself, under the name that you have in the cluster, or changed what it is about there: somebody else has to decide.",
            null => "Somebody in the cluster asked for it, and nothing is known of you by which you could be told from them: sign in anew.",
            _ => null,
        };
    }
}
