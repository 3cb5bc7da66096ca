using FinObs.DataPlane.Access.Users;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Approvals;

/// <summary>What somebody says of a request.</summary>
/// <param name="Voter">Who.</param>
/// <param name="Approves">Agrees, or refuses.</param>
/// <param name="BoundHash">The hash that was shown.</param>
/// <param name="Reason">Why; mandatory.</param>
internal sealed record ApprovalWord(Voter Voter, bool Approves, string BoundHash, string Reason);

/// <summary>What came of it.</summary>
internal abstract record ApprovalOutcome
{
    internal sealed record Counted(ApprovalRecord Record) : ApprovalOutcome;

    internal sealed record Unknown : ApprovalOutcome;

    /// <summary>Something else is asked than what was shown.</summary>
    internal sealed record OtherHash(string Hash) : ApprovalOutcome;

    /// <summary>It is decided already.</summary>
    internal sealed record Closed(ApprovalStatus Status) : ApprovalOutcome;

    /// <summary>This one does not count.</summary>
    internal sealed record NotYours(string Why) : ApprovalOutcome;

    /// <summary>Too many decide at once.</summary>
    internal sealed record Busy : ApprovalOutcome;
}

/// <summary>
/// Counts what people say. Each word moves the request on from the generation that was looked at: of many who decide at once one is written at a time, the others look again, and find it decided or count
/// in turn. So nothing is counted twice, and the last word that is needed is one word.
/// </summary>
internal sealed class ApprovalVoting(ApprovalStore store, ApprovalClock clock, ApprovalExecution execution, VoterCheck check, ClusterUsers cluster, IOptions<ApprovalOptions> options)
{
    /// <summary>A chain asks for ten people at most, and each round lets one in: more than that is somebody else's trouble.</summary>
    private const int Rounds = 40;

    public async Task<ApprovalOutcome> DecideAsync(Guid id, ApprovalWord word, CancellationToken cancellationToken)
    {
        for (int round = 0; round < Rounds; round++)
        {
            if (await store.FindAsync(id, cancellationToken) is not { } found)
            {
                return new ApprovalOutcome.Unknown();
            }

            if (await RefuseAsync(found, word, cancellationToken) is { } refusal)
            {
                return refusal;
            }

            if (await CountAsync(found, word, cancellationToken))
            {
                await execution.TryAsync(id, cancellationToken);
                return new ApprovalOutcome.Counted((await store.FindAsync(id, cancellationToken))!);
            }
        }

        return new ApprovalOutcome.Busy();
    }

    /// <summary>Whoever asked takes it back.</summary>
    public async Task<ApprovalOutcome> CancelAsync(Guid id, string actor, string reason, CancellationToken cancellationToken)
    {
        for (int round = 0; round < Rounds; round++)
        {
            if (await store.FindAsync(id, cancellationToken) is not { } found)
            {
                return new ApprovalOutcome.Unknown();
            }

            ApprovalRequestRow row = found.Row;
            if (row.Status != ApprovalStatus.Pending)
            {
                return new ApprovalOutcome.Closed(row.Status);
            }

            if (row.RequestedBy != actor && await cluster.IsOneOfAsync([row.RequestedBy], actor, cancellationToken) is not true)
            {
                return new ApprovalOutcome.NotYours("Only whoever asked can take it back; reject it instead.");
            }

            ApprovalRequestRow after = Close(row, ApprovalStatus.Cancelled, store.Now(), reason);
            if (await store.MoveAsync(row, after, [ApprovalActs.Decision(after, actor)], also: null, cancellationToken))
            {
                return new ApprovalOutcome.Counted((await store.FindAsync(id, cancellationToken))!);
            }
        }

        return new ApprovalOutcome.Busy();
    }

    /// <summary>The people's part is over.</summary>
    public static ApprovalRequestRow Close(ApprovalRequestRow row, ApprovalStatus verdict, DateTimeOffset now, string outcome) => row with
    {
        Status = verdict,
        Verdict = verdict,
        DecidedAt = now,
        Outcome = outcome,
        OpenHash = verdict == ApprovalStatus.Approved && !row.Simulation ? row.OpenHash : null,
        WaitsFor = "",
    };

    private async Task<ApprovalOutcome?> RefuseAsync(ApprovalRecord found, ApprovalWord word, CancellationToken cancellationToken)
    {
        ApprovalRequestRow row = found.Row;
        if (await clock.ExpireAsync(row, cancellationToken))
        {
            return new ApprovalOutcome.Closed(ApprovalStatus.Expired);
        }

        if (row.Status != ApprovalStatus.Pending)
        {
            return new ApprovalOutcome.Closed(row.Status);
        }

        if (row.BoundHash != word.BoundHash)
        {
            return new ApprovalOutcome.OtherHash(row.BoundHash);
        }

        return await check.WhyNotAsync(word.Voter, found, cancellationToken) is { } why ? new ApprovalOutcome.NotYours(why) : null;
    }

    private async Task<bool> CountAsync(ApprovalRecord found, ApprovalWord word, CancellationToken cancellationToken)
    {
        ApprovalRequestRow row = found.Row;
        DateTimeOffset now = store.Now();
        ApprovalVoteRow vote = new()
        {
            Id = Guid.CreateVersion7(now),
            RequestId = row.Id,
            Namespace = row.Namespace,
            Ordinal = row.Generation,
            Step = row.Step,
            Actor = word.Voter.Name,
            Role = word.Voter.RoleFor(row) ?? "",
            Approves = word.Approves,
            Reason = word.Reason,
            BoundHash = word.BoundHash,
            Simulation = row.Simulation,
            Development = row.Development,
            At = now,
        };
        ApprovalRequestRow after = After(row, found.Votes, vote, now);
        AuditAct[] acts = after.Verdict is null ? [ApprovalActs.Vote(row, vote)] : [ApprovalActs.Vote(row, vote), ApprovalActs.Decision(after, vote.Actor)];
        try
        {
            return await store.MoveAsync(
                row, after, acts,
                async (session, leaves, cancel) =>
                {
                    await using FinObsDbContext db = await session.OpenContextAsync(cancel);
                    db.Add(vote with { LeafId = leaves[0] });
                    return await db.SaveChangesAsync(cancel) > 0;
                },
                cancellationToken);
        }
        catch (DbUpdateException)
        {
            // The same person, twice at once: the next look finds the other word. Anything else is no business of ours.
            if ((await store.FindAsync(row.Id, cancellationToken))?.Votes.Any(one => one.Actor == vote.Actor) != true)
            {
                throw;
            }

            return false;
        }
    }

    /// <summary>The request after one more word. Where nobody can be told from anybody, the one there is stands for the chain.</summary>
    private ApprovalRequestRow After(ApprovalRequestRow row, IReadOnlyList<ApprovalVoteRow> votes, ApprovalVoteRow vote, DateTimeOffset now)
    {
        if (!vote.Approves)
        {
            return Close(row, ApprovalStatus.Rejected, now, vote.Reason);
        }

        IReadOnlyList<ApprovalStep> steps = row.Steps();
        int granted = 1 + votes.Count(one => one.Approves && one.Step == row.Step);
        bool alone = row.Development && options.Value.AllowSelfInDevelopment;
        int step = alone ? steps.Count : granted >= steps[row.Step].Required ? row.Step + 1 : row.Step;
        if (step == steps.Count)
        {
            return Close(row, ApprovalStatus.Approved, now, row.Simulation ? "All agreed. It was a simulation: nothing was done." : "All agreed.") with { Step = step };
        }

        IEnumerable<string> roles = row.EscalatedAt is not null && row.EscalateTo is { } role ? [.. steps[step].Roles, role] : steps[step].Roles;
        return row with { Step = step, WaitsFor = NameList.Of(roles) };
    }
}
