using System.Text.Json;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Approvals;
using FinObs.DataPlane.Dashboard.Parts;
using FinObs.DataPlane.Dashboard.Reading;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>What exactly is approved, on what evidence, and who else must agree?</summary>
public abstract class ApprovalPageBase : DashboardPage
{
    [Parameter]
    public Guid Id { get; set; }

    [Inject]
    internal ApprovalsReader Reader { get; set; } = null!;

    [Inject]
    internal ApprovalVoting Voting { get; set; } = null!;

    private protected ApprovalModel? Model { get; private set; }

    protected string Note { get; set; } = "";

    protected string? Problem { get; private set; }

    protected string? Said { get; private set; }

    protected bool IsActing { get; private set; }

    /// <summary>The button says what: verb, object, value.</summary>
    protected string ApproveText => Changes.FirstOrDefault(change => change.From.Length > 0) is { To.Length: > 0 } change ? $"Approve: {change.From} → {change.To}" : "Approve exactly this";

    /// <summary>What is asked, member by member; what it replaces where the proposal says so.</summary>
    private protected IReadOnlyList<(string Name, string From, string To)> Changes
    {
        get
        {
            List<(string Name, string Value)> members = Flat(Model?.Detail.Payload);
            string? from = members.Find(member => member.Name == "from").Value, to = members.Find(member => member.Name == "to").Value;
            return
            [
                .. from is not null && to is not null ? [("change", Words.Act(from), Words.Act(to))] : Array.Empty<(string, string, string)>(),
                .. members.Where(member => member.Name is not "v" && !(from is not null && to is not null && member.Name is "from" or "to")).Select(member => (Words.Act(member.Name), "", member.Value)),
            ];
        }
    }

    private protected IReadOnlyList<(string Name, string Value)> Evidence => [.. Flat(Model?.Detail.Evidence).Select(member => (Words.Act(member.Name), member.Value))];

    private protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        (Said, Problem) = (null, null);
        Model = await KeptAsync($"{Id}", () => Reader.ReadAsync(Id, Who, cancellationToken));
    }

    /// <summary>On the hash that is shown: where something else is asked meanwhile, nothing is counted.</summary>
    protected async Task DecideAsync(bool approves)
    {
        if (IsActing || Model is not { Detail.Request: var shown })
        {
            return;
        }

        (IsActing, Problem) = (true, null);
        try
        {
            Viewer who = await Callers.AgainAsync(Left);
            if (!who.May(Permissions.ApprovalDecide))
            {
                Problem = "Your role does not decide on requests any more.";
                return;
            }

            ApprovalOutcome outcome = await Voting.DecideAsync(Id, new ApprovalWord(who.AsVoter(), approves, shown.BoundHash, Note.Trim()), Left);
            Model = await Reader.ReadAsync(Id, who, Left);
            (Said, Problem) = Told(outcome, approves);
            if (Said is not null)
            {
                Note = "";
                await Script.InvokeVoidAsync("finobs.forget", Left, $"approval-{Id}");
            }
        }
        finally
        {
            IsActing = false;
        }
    }

    private (string? Said, string? Problem) Told(ApprovalOutcome outcome, bool approves) => outcome switch
    {
        ApprovalOutcome.Counted => ($"{(approves ? "You agreed." : "You refused: the request is over.")} {Model?.Detail.Request.Outcome}", null),
        ApprovalOutcome.OtherHash => (null, "Something else is asked now than what you were shown: look at it again."),
        ApprovalOutcome.Closed closed => (null, $"It is over already: {closed.Status.ToString().ToLowerInvariant()}."),
        ApprovalOutcome.NotYours no => (null, no.Why),
        ApprovalOutcome.Busy => (null, "Too many decide at this moment: try again."),
        _ => (null, "There is no such request any more."),
    };

    /// <summary>Members of an object, those of objects within it by their path.</summary>
    private static List<(string Name, string Value)> Flat(JsonElement? json, string before = "")
    {
        List<(string, string)> members = [];
        if (json is not { ValueKind: JsonValueKind.Object } from)
        {
            return members;
        }

        foreach (JsonProperty member in from.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Object)
            {
                members.AddRange(Flat(member.Value, $"{before}{member.Name}."));
            }
            else if (member.Value.ValueKind != JsonValueKind.Null)
            {
                members.Add(($"{before}{member.Name}", member.Value.ToString()));
            }
        }

        return members;
    }
}
