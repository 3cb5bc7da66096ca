using FinObs.DataPlane.Access;
using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Approvals;
using FinObs.DataPlane.Approvals.Api;
using FinObs.DataPlane.Approvals.Store;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Decisions.Overrides;
using FinObs.DataPlane.Mcp.Calls;
using FinObs.DataPlane.Mcp.Schemas;

namespace FinObs.DataPlane.Mcp.Tools.Governance;

/// <summary><c>propose_action</c>: asks people, and never acts itself. Whoever proposes does not count among those who agree.</summary>
internal sealed class ProposeActionTool(OverrideWriter overrides, IApprovalGate gate, ApprovalStore approvals) : McpTool
{
    private static readonly string[] Decisions = ["approve", "manual_review", "block"];

    public override ToolCard Card { get; } = new()
    {
        Name = "propose_action",
        Title = "Propose an action",
        Description = "Asks people to agree to an action, with your reasons. NOTHING is done by this call: it opens a request for approval, and the action happens once the people that it names have agreed. Action "
            + "decision.override proposes that another decision holds for a transaction (release it, review it, block it). Look at the case and the transaction before, and say in note what you found and what speaks "
            + "against it. The same proposal twice is one request.",
        Permission = Permissions.AgentTriage,
        Writes = true,
        Input = new ToolInput(
            ToolField.OneOf("action", "What is to be done.", [DecisionOverrides.Action]).Required(),
            ToolField.Id("decision_id", "Our id of the decision (the id of its transaction).").Required(),
            ToolField.OneOf("to", "What is to hold.", Decisions).Required(),
            ToolField.OneOf("from", "What you saw to hold; refused where something else holds by now. Left out: whatever holds.", Decisions),
            ToolField.Text("note", "Why, in 10 to 2,000 characters, without personal data: it becomes part of the record.", 2_000).Required()),
        Output = typeof(ProposalAnswer),
    };

    public override async Task<ToolAnswer> CallAsync(ToolCall call, CancellationToken cancellationToken)
    {
        Guid id = call.Id("decision_id")!.Value;
        if (await overrides.SeenAsync(id, cancellationToken) is not { } seen)
        {
            return new ToolAnswer.Refused("There is no decision of this id: use the id of an answer, not the sender's transaction_id.");
        }

        OverrideRequest wish = new(call.Text("from") ?? seen.Holds.OnTheWire(), call.Text("to"), call.Text("note"));
        if (wish.Problem() is { } problem)
        {
            return new ToolAnswer.Refused(problem);
        }

        WantedOverride wanted = new(id, DecisionNames.Parse(wish.From!)!.Value, DecisionNames.Parse(wish.To!)!.Value, wish.Note!.Trim(), call.Actor);
        if (seen.Holds != wanted.From)
        {
            return new ToolAnswer.Refused($"{seen.Holds.OnTheWire()} holds of this decision, not {wanted.From.OnTheWire()}: look at it again with get_transaction.");
        }

        Guid request = await gate.RequestAsync(OverrideAction.Ask(wanted, seen), cancellationToken);
        ApprovalRequestRow row = (await approvals.FindAsync(request, cancellationToken))!.Row;
        return new ToolAnswer.Done(new ProposalAnswer(ApprovalSummary.Of(row), $"/v1/approvals/{request}", "Nothing was done. People decide on it; list_approvals shows what came of it."));
    }
}

/// <summary>A request that people decide on.</summary>
/// <param name="Request">As it stands.</param>
/// <param name="DecideAt">Where people decide, on this host.</param>
/// <param name="Note">What has happened: nothing.</param>
internal sealed record ProposalAnswer(ApprovalSummary Request, string DecideAt, string Note);
