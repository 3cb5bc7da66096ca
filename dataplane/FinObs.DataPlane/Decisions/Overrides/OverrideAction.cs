using System.Diagnostics;
using System.Text.Json;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Decisions.Rules;
using FinObs.DataPlane.Outbox;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Decisions.Overrides;

/// <summary>An override to which others have agreed: done in the commit that ends their request, from the state that they were shown or not at all.</summary>
internal sealed class OverrideAction(OverrideWriter overrides, AuditComposer audit) : IApprovedAction
{
    public string Action => DecisionOverrides.Action;

    /// <summary>What people are asked. The amount is theirs to see; account and counterparty are not in it.</summary>
    public static ApprovalAsk Ask(WantedOverride wanted, SeenDecision seen) => new()
    {
        Namespace = seen.Stored.Transaction.Namespace,
        Action = DecisionOverrides.Action,
        Target = wanted.DecisionId.ToString(),
        Summary = $"Override the decision on {RuleAmount.Text(seen.Stored.Transaction.Amount, seen.Stored.Transaction.Currency)} ({seen.Stored.Transaction.Type}) from {wanted.From.OnTheWire()} to {wanted.To.OnTheWire()}",
        Payload = CanonicalObject.Of(
            ("by", wanted.By), ("decision", wanted.DecisionId), ("from", wanted.From.OnTheWire()), ("note", wanted.Note), ("to", wanted.To.OnTheWire()), ("v", 1)),
        Evidence = CanonicalObject.Of(
            ("decision", wanted.DecisionId), ("leaf", seen.Stored.Decision.LeafId), ("overrides", seen.Last?.Sequence ?? 0),
            ("rules", seen.Stored.Decision.Rules is { } rules ? $"sha256:{Convert.ToHexStringLower(rules)}" : null), ("score", seen.Stored.Decision.Score)),
        RequestedBy = wanted.By,
        Reason = wanted.Note.Length <= LongestReason ? wanted.Note : $"{wanted.Note[..(LongestReason - 1)]}…",
        About = wanted.DecisionId,
    };

    private const int LongestReason = 2_000;

    public async Task<ApprovedOutcome> PrepareAsync(ApprovedRequest request, CancellationToken cancellationToken)
    {
        WantedOverride wanted = Read(request.Payload);
        if (await overrides.SeenAsync(wanted.DecisionId, cancellationToken) is not { } seen)
        {
            return new ApprovedOutcome.Impossible("The decision is not there any more.");
        }

        if (seen.Holds != wanted.From)
        {
            return new ApprovedOutcome.Impossible($"The decision was overridden meanwhile: {seen.Holds.OnTheWire()} holds, not {wanted.From.OnTheWire()}.");
        }

        ReadyOverride ready = await overrides.PrepareAsync(wanted, seen, request, cancellationToken);
        using AuditBatch batch = await audit.PrepareAsync(request.Namespace, ready.Acts.Select(act => act.Subject), cancellationToken);
        ComposedLeaf[] leaves = [.. ready.Acts.Select(act => batch.Compose(act with { Traceparent = Activity.Current?.Id }))];
        return new ApprovedOutcome.Ready(async (session, cancel) =>
        {
            try
            {
                if (!await ready.WriteAsync(session, [.. leaves.Select(leaf => leaf.LeafId)], cancel))
                {
                    return false;
                }
            }
            catch (DbUpdateException)
            {
                // Somebody labelled the transaction at this moment.
                return false;
            }

            await session.InsertAsync([AuditLeaf.Table.Rows([.. leaves.Select(leaf => leaf.Leaf)]), OutboxBlock.Rows([.. leaves.Select(leaf => leaf.Outbox)])], cancel);
            return true;
        });
    }

    private static WantedOverride Read(ReadOnlyMemory<byte> payload)
    {
        using JsonDocument document = JsonDocument.Parse(payload);
        JsonElement json = document.RootElement;
        Decision Named(string name) => DecisionNames.Parse(json.GetProperty(name).GetString()!)!.Value;
        return new WantedOverride(json.GetProperty("decision").GetGuid(), Named("from"), Named("to"), json.GetProperty("note").GetString()!, json.GetProperty("by").GetString()!);
    }
}
