using FinObs.DataPlane.Access;
using FinObs.DataPlane.Cases;
using FinObs.DataPlane.Cases.Api;
using FinObs.DataPlane.Cases.Work;
using FinObs.DataPlane.Dashboard.Parts;
using FinObs.DataPlane.Dashboard.Reading;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>What is to be worked on, and how long is left?</summary>
public abstract class CasesPageBase : DashboardPage
{
    [SupplyParameterFromQuery(Name = "view")]
    public string? ViewInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "cursor")]
    public string? Cursor { get; set; }

    [Inject]
    internal CasesReader Reader { get; set; } = null!;

    [Inject]
    internal CaseActions Actions { get; set; } = null!;

    [Inject]
    internal IOptions<CaseOptions> Options { get; set; } = null!;

    private protected CasesModel? Model { get; private set; }

    private protected HashSet<Guid> Chosen { get; } = [];

    protected string Note { get; set; } = "";

    protected string Outcome { get; set; } = "";

    protected string? Said { get; private set; }

    private protected List<string> Problems { get; } = [];

    protected bool IsActing { get; private set; }

    /// <summary>Whether several can be worked on at once here.</summary>
    protected bool MayWork => IsLive && Who.May(Permissions.CaseWork) && View != "resolved";

    protected string View => ViewInAddress ?? "open";

    protected string EmptyWhy => View switch
    {
        "mine" => "No open case is yours.",
        "unassigned" => "Every open case is somebody's.",
        "overdue" => "No open case is over its time.",
        "resolved" => "No case was resolved yet.",
        _ => "No case is open.",
    };

    private protected static (string Key, string Text, int? Count)[] Views(CasesModel model) =>
        [("open", "Open", model.Open), ("mine", "Mine", model.Mine), ("unassigned", "Nobody's", model.Unassigned), ("overdue", "Over time", model.Overdue), ("resolved", "Resolved", null)];

    private protected override async Task ReadAsync(CancellationToken cancellationToken)
    {
        Model = await KeptAsync(Navigation.Uri, () => Reader.ReadAsync(Namespace, View, Cursor, Who, cancellationToken));
        Chosen.Clear();
        Problems.Clear();
        Said = null;
    }

    protected void Choose(Guid id)
    {
        if (!Chosen.Remove(id))
        {
            Chosen.Add(id);
        }
    }

    protected void ChooseAll()
    {
        bool all = Model!.Items.All(row => Chosen.Contains(row.Id));
        Chosen.Clear();
        if (!all)
        {
            Chosen.UnionWith(Model.Items.Select(row => row.Id));
        }
    }

    /// <summary>Those of the chosen with which this can be done.</summary>
    private protected CaseAnswer[] Can(string act) => [.. (Model?.Items ?? []).Where(row => Chosen.Contains(row.Id) && row.ResolvedAt is null && act switch
    {
        "take" => row.AssignedTo != Who.Name,
        "give back" => row.AssignedTo is not null,
        "escalate" => row.EscalatedAt is null,
        _ => true,
    })];

    /// <summary>Says how many of the chosen it is about: <c>Take 3</c>, <c>Escalate 2 of 3</c>.</summary>
    private protected string Title(string verb, string act) => Can(act).Length == Chosen.Count ? $"{verb} {Chosen.Count}" : $"{verb} {Can(act).Length} of {Chosen.Count}";

    protected Task TakeAsync() => DoAsync("take", "assign", new CaseActionRequest { To = Who.Name });

    protected Task GiveBackAsync() => DoAsync("give back", "assign", new CaseActionRequest());

    protected Task EscalateAsync() => DoAsync("escalate", "escalate", new CaseActionRequest { Reason = Note.Trim() });

    protected Task ResolveAsync() => DoAsync("resolve", "resolve", new CaseActionRequest { Outcome = Outcome, Notes = Note.Trim() });

    /// <summary>One act a case, each from the version that is shown and with a leaf of its own: what somebody else was faster with is said, and the rest is done.</summary>
    private async Task DoAsync(string name, string act, CaseActionRequest request)
    {
        CaseAnswer[] about = Can(name);
        if (IsActing || about.Length == 0)
        {
            return;
        }

        IsActing = true;
        try
        {
            Viewer who = await Callers.AgainAsync(Left);
            if (!who.May(CaseActs.All.First(one => one.Name == act).Permission))
            {
                Problems.Add("Your role does not do that any more.");
                return;
            }

            (int done, List<string> problems) = (0, []);
            foreach (CaseAnswer row in about)
            {
                CaseOutcome outcome = await Actions.DoAsync(row.Id, row.Version, who.Name, CaseActs.Of(act, request, Options.Value)!, Left);
                if (outcome is CaseOutcome.Done)
                {
                    done++;
                }
                else
                {
                    problems.Add($"{row.Number}: {CaseProblems.Told(outcome).Detail}");
                }
            }

            Model = await Reader.ReadAsync(Namespace, View, Cursor, who, Left);
            Problems.Clear();
            Problems.AddRange(problems);
            Chosen.Clear();
            (Note, Outcome) = problems.Count == 0 ? ("", "") : (Note, Outcome);
            Said = $"{(done == about.Length ? Words.Plural(done, "case", "cases") : $"{done} of {Words.Plural(about.Length, "case", "cases")}")}: {name}. Each has its leaf in the audit log.";
        }
        finally
        {
            IsActing = false;
        }
    }
}
