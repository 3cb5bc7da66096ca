using FinObs.DataPlane.Access;
using FinObs.DataPlane.Cases.Compliance;
using FinObs.DataPlane.Cases.Work;
using FinObs.DataPlane.Dashboard.Reading;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>One entry of the compliance log, and what came of it.</summary>
public abstract class ComplianceEntryPageBase : DashboardPage
{
    [Parameter]
    public Guid Id { get; set; }

    [Inject]
    internal ComplianceReader Reader { get; set; } = null!;

    [Inject]
    internal ComplianceLog Log { get; set; } = null!;

    private protected ComplianceEntryModel? Model { get; private set; }

    protected string Note { get; set; } = "";

    protected string? Problem { get; private set; }

    protected string? Said { get; private set; }

    protected bool IsActing { get; private set; }

    private protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        (Said, Problem) = (null, null);
        Model = await KeptAsync($"{Id}", () => Reader.ReadAsync(Id, Who, cancellationToken));
    }

    /// <summary>Once: of two who do it at the same time the second is told.</summary>
    protected async Task ResolveAsync()
    {
        if (IsActing)
        {
            return;
        }

        (IsActing, Problem) = (true, null);
        try
        {
            Viewer who = await Callers.AgainAsync(Left);
            if (!who.May(Permissions.ComplianceResolve) || Note.Trim().Length is 0 or > CaseChange.LongestText)
            {
                Problem = who.May(Permissions.ComplianceResolve) ? "Write notes: they become part of the record." : "Your role does not do that any more.";
                return;
            }

            ComplianceOutcome outcome = await Log.ResolveAsync(Id, who.Name, Note.Trim(), Left);
            Model = await Reader.ReadAsync(Id, who, Left);
            if (outcome is ComplianceOutcome.Done)
            {
                (Note, Said) = ("", "It is resolved. The audit log has it.");
                await Script.InvokeVoidAsync("finobs.forget", Left, $"compliance-{Id}");
            }
            else
            {
                Problem = outcome is ComplianceOutcome.AlreadyResolved { By: var by } ? $"{Parts.Words.Actor(by)} has resolved it already." : "There is no such entry any more.";
            }
        }
        finally
        {
            IsActing = false;
        }
    }
}
