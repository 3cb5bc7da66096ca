using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Ledger;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Decisions.Overrides;

/// <summary>What somebody wants.</summary>
/// <param name="DecisionId">Of this decision.</param>
/// <param name="From">What they saw to hold.</param>
/// <param name="To">What is to hold.</param>
/// <param name="Note">Why.</param>
/// <param name="By">Actor.</param>
internal sealed record WantedOverride(Guid DecisionId, Decision From, Decision To, string Note, string By);

/// <summary>What came of it.</summary>
internal abstract record OverrideOutcome
{
    internal sealed record Done(OverrideRow Row) : OverrideOutcome;

    /// <summary>Others have to agree first.</summary>
    internal sealed record Waiting(Guid ApprovalId) : OverrideOutcome;

    internal sealed record Unknown : OverrideOutcome;

    /// <summary>Something else holds than was seen.</summary>
    internal sealed record Stale(Decision Holds) : OverrideOutcome;
}

/// <summary>
/// Overrides decisions: a row of its own, a leaf, a label and an event in one commit, at once or after others have agreed. What holds of a transaction is its last override, else its decision of record.
/// </summary>
internal sealed class DecisionOverrides(OverrideWriter writer, AuditedCommit commit, LedgerUnits units, IOptions<OverrideOptions> options, IEnumerable<IApprovalGate> gates)
{
    public const string Action = "decision.override";

    /// <summary>A race for the label of a transaction is decided by its number; whoever loses looks again.</summary>
    private const int Rounds = 20;

    private readonly IApprovalGate? _gate = gates.FirstOrDefault();

    public async Task<OverrideOutcome> OverrideAsync(WantedOverride wanted, CancellationToken cancellationToken)
    {
        for (int round = 1; ; round++)
        {
            if (await writer.SeenAsync(wanted.DecisionId, cancellationToken) is not { } seen)
            {
                return new OverrideOutcome.Unknown();
            }

            if (seen.Holds != wanted.From)
            {
                return new OverrideOutcome.Stale(seen.Holds);
            }

            if (NeedsApproval(wanted, seen))
            {
                return new OverrideOutcome.Waiting(await _gate!.RequestAsync(OverrideAction.Ask(wanted, seen), cancellationToken));
            }

            ReadyOverride ready = await writer.PrepareAsync(wanted, seen, approval: null, cancellationToken);
            try
            {
                IReadOnlyList<Guid>? leaves = await commit.WriteAsync(ready.Acts, (session, ids, cancel) => ready.WriteAsync(session, ids, cancel), cancellationToken);
                if (leaves is not null)
                {
                    return new OverrideOutcome.Done(ready.Row with { LeafId = leaves[0] });
                }
            }
            catch (DbUpdateException) when (round < Rounds)
            {
                // Somebody labelled the transaction at this moment.
            }
        }
    }

    private bool NeedsApproval(WantedOverride wanted, SeenDecision seen) => _gate is not null
        && (_gate.IsRequired(Action)
            || (options.Value.SecondApproverToLoosenBlock && wanted.From == Decision.Block && wanted.To != Decision.Block)
            || IsLarge(seen.Stored.Transaction));

    private bool IsLarge(TransactionRow row) =>
        options.Value.SecondApproverAbove is { } most && !(units.InBase(row.Amount, row.Currency, row.OccurredAt) is { } amount && amount <= (double)most);
}
