using System.Diagnostics;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Approvals;

/// <summary>Opens requests.</summary>
internal sealed class ApprovalGate(
    IDatabase database, AuditedCommit commit, ApprovalPolicies policies, ApprovalClock clock, ApprovedActions actions, IOptions<AccessOptions> access) : IApprovalGate
{
    private const int LongestText = 2_000;

    public bool IsRequired(string action) => policies.IsRequired(action);

    /// <exception cref="ArgumentException">The ask is one that nobody could decide on, or that nothing could come of.</exception>
    public async Task<Guid> RequestAsync(ApprovalAsk ask, CancellationToken cancellationToken)
    {
        Check(ask);
        string hash = BoundHash.Of(ask);
        while (true)
        {
            if (await FindOpenAsync(ask.Namespace, hash, cancellationToken) is { } open)
            {
                return open;
            }

            ApprovalRequestRow row = RowOf(ask, hash, commit.Now());
            try
            {
                await commit.WriteAsync(
                    ApprovalActs.Request(row),
                    async (session, leaf, cancel) =>
                    {
                        await using FinObsDbContext db = await session.OpenContextAsync(cancel);
                        db.Add(row with { LeafId = leaf });
                        return await db.SaveChangesAsync(cancel) > 0;
                    },
                    cancellationToken);
                return row.Id;
            }
            catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
            {
                // Somebody asked the same at this moment and was first: that request is found now. Anything else fails again, and then is not caught.
                if (await FindOpenAsync(ask.Namespace, hash, cancellationToken) is not { } theirs)
                {
                    throw;
                }

                return theirs;
            }
        }
    }

    private void Check(ApprovalAsk ask)
    {
        if (!CanonicalJson.IsCanonical(ask.Payload) || (!ask.Evidence.IsEmpty && !CanonicalJson.IsCanonical(ask.Evidence)))
        {
            throw new ArgumentException("Payload and evidence must be canonical JSON: what people agree to has one form only.", nameof(ask));
        }

        if (string.IsNullOrWhiteSpace(ask.Reason) || ask.Reason.Length > LongestText || string.IsNullOrWhiteSpace(ask.Summary) || ask.Summary.Length > LongestText)
        {
            throw new ArgumentException($"Reason and summary must be there, each at most {LongestText} characters.", nameof(ask));
        }

        if (!ask.Simulation && actions.Find(ask.Action) is null)
        {
            throw new ArgumentException($"Nothing here carries out {ask.Action}.", nameof(ask));
        }
    }

    private async Task<Guid?> FindOpenAsync(string @namespace, string hash, CancellationToken cancellationToken)
    {
        ApprovalRequestRow? found;
        await using (FinObsDbContext db = database.CreateContext())
        {
            found = await db.ApprovalRequests.FirstOrDefaultAsync(row => row.Namespace == @namespace && row.OpenHash == hash, cancellationToken);
        }

        // One that is over is not open, whether or not anybody has noticed yet.
        return found is null || await clock.ExpireAsync(found, cancellationToken) ? null : found.Id;
    }

    private ApprovalRequestRow RowOf(ApprovalAsk ask, string hash, DateTimeOffset now)
    {
        (ApprovalPolicy policy, IReadOnlyList<ApprovalStep> chain) = policies.Of(ask.Action);
        TimeSpan live = ask.Asked?.TimeToLive ?? policy.TimeToLive;
        if (ask.Asked is { } asked)
        {
            chain = [new ApprovalStep("asked", asked.Required, asked.Roles.Count > 0 ? asked.Roles : chain[0].Roles)];
        }

        return new ApprovalRequestRow
        {
            Id = Guid.CreateVersion7(now),
            Namespace = ask.Namespace,
            Action = ask.Action,
            Target = ask.Target,
            Summary = ask.Summary,
            Payload = ask.Payload.ToArray(),
            Evidence = ask.Evidence.IsEmpty ? null : ask.Evidence.ToArray(),
            ModelDigest = ask.ModelDigest,
            BoundHash = hash,
            OpenHash = hash,
            RequestedBy = ask.RequestedBy,
            Reason = ask.Reason,
            Excluded = NameList.Of(ask.Excluded),
            Chain = ApprovalRequestRow.ChainOf(chain),
            WaitsFor = NameList.Of(chain[0].Roles),
            Simulation = ask.Simulation,
            Development = !access.Value.IsConfigured,
            CreatedAt = now,
            ExpiresAt = now + live,
            EscalateAt = policy.EscalateAfter < live ? now + policy.EscalateAfter : null,
            EscalateTo = policy.EscalateTo,
            About = ask.About,
            Traceparent = Activity.Current?.Id,
        };
    }
}
