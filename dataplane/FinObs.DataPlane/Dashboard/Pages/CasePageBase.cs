using FinObs.DataPlane.Cases;
using FinObs.DataPlane.Cases.Api;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Cases.Work;
using FinObs.DataPlane.Dashboard.Reading;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>One case: what is in it, what was done, and what is to be done.</summary>
public abstract class CasePageBase : DashboardPage
{
    internal static readonly string[] Outcomes = [CaseOutcomes.ConfirmedFraud, CaseOutcomes.Legitimate, CaseOutcomes.Inconclusive, CaseOutcomes.Fixed];

    [Parameter]
    public Guid Id { get; set; }

    [Inject]
    internal CasesReader Reader { get; set; } = null!;

    [Inject]
    internal CaseActions Actions { get; set; } = null!;

    [Inject]
    internal IOptions<CaseOptions> Options { get; set; } = null!;

    private protected CaseModel? Model { get; private set; }

    protected string Note { get; set; } = "";

    protected string Outcome { get; set; } = "";

    protected string? Problem { get; private set; }

    protected string? Said { get; private set; }

    protected bool IsActing { get; private set; }

    private protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        (Said, Problem) = (null, null);
        Model = await KeptAsync($"{Id}", () => Reader.ReadAsync(Id, Who, cancellationToken));
    }

    protected Task TakeAsync() => DoAsync("assign", new CaseActionRequest { To = Who.Name }, "It is yours.");

    protected Task GiveBackAsync() => DoAsync("assign", new CaseActionRequest(), "It is nobody's.");

    protected Task CommentAsync() => DoAsync("comment", new CaseActionRequest { Comment = Note }, "The note is in the timeline.");

    protected Task EscalateAsync() => DoAsync("escalate", new CaseActionRequest { Reason = Note }, "It is escalated.");

    protected Task ResolveAsync() => DoAsync("resolve", new CaseActionRequest { Outcome = Outcome, Notes = Note }, "It is resolved, and its transactions are labelled.");

    /// <summary>From the version that is shown: of two who act at once the second is told.</summary>
    private async Task DoAsync(string act, CaseActionRequest request, string done)
    {
        if (IsActing || Model is not { Case: var seen })
        {
            return;
        }

        (IsActing, Problem, Said) = (true, null, null);
        try
        {
            Viewer who = await Callers.AgainAsync(Left);
            string permission = CaseActs.All.First(one => one.Name == act).Permission;
            if (!who.May(permission))
            {
                Problem = "Your role does not do that any more.";
                return;
            }

            CaseOutcome outcome = await Actions.DoAsync(Id, CaseActs.NeedsVersion(act) ? seen.Version : null, who.Name, CaseActs.Of(act, request, Options.Value)!, Left);
            Model = await Reader.ReadAsync(Id, who, Left);
            if (outcome is CaseOutcome.Done)
            {
                await DoneAsync(done);
            }
            else
            {
                Problem = CaseProblems.Told(outcome).Detail;
            }
        }
        finally
        {
            IsActing = false;
        }
    }

    private async Task DoneAsync(string done)
    {
        (Note, Outcome, Said) = ("", "", $"{done} The audit log has it.");
        await Script.InvokeVoidAsync("finobs.forget", Left, $"case-{Id}");
    }
}
