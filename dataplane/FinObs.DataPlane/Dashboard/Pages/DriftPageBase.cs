using FinObs.DataPlane.Access;
using FinObs.DataPlane.Dashboard.Parts;
using FinObs.DataPlane.Dashboard.Reading;
using FinObs.DataPlane.Drift.Api;
using FinObs.DataPlane.Drift.Checks;
using Microsoft.AspNetCore.Components;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>Does the model still see what it was trained on?</summary>
public abstract class DriftPageBase : DashboardPage
{
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    [SupplyParameterFromQuery(Name = "check")]
    public Guid? Check { get; set; }

    /// <summary>The quantity that is drawn; none = the worst.</summary>
    [SupplyParameterFromQuery(Name = "quantity")]
    public string? Quantity { get; set; }

    [Inject]
    internal DriftReader Reader { get; set; } = null!;

    [Inject]
    internal DriftChecks Checks { get; set; } = null!;

    [Inject]
    internal DriftEvaluator Evaluator { get; set; } = null!;

    private protected DriftModel? Model { get; private set; }

    protected string? Problem { get; private set; }

    protected bool IsActing { get; private set; }

    protected string Word => Model?.Last?.State switch { "bad" => "Drifting:", "watch" => "Watch:", "good" => "Stable:", _ => "Too few:" };

    protected string Title => Model?.Last switch
    {
        null => "Nothing was checked yet",
        { Judged: false } last => $"{Words.Count(last.Samples)} transactions are too few to judge",
        { Drifted: 0 } last => $"none of {last.Features.Count} quantities moved",
        var last => $"{string.Join(", ", last.Features.Where(one => one.State == "bad").Take(3).Select(one => Words.Feature(one.Name)))} moved; {last.Drifted} of {last.Features.Count}",
    };

    protected string Lead => Model?.Last is { } last
        ? $"{last.Model}, {Words.Count(last.Samples)} transactions{(last.MaxPsi is { } psi ? $", largest PSI {Words.Number(psi, 3)}" : "")}. Compared with what the version froze when it was trained."
        : "A version is watched hourly once it decides and an hour is whole.";

    protected string AddressOf(string quantity) => new Uri(Navigation.GetUriWithQueryParameter("quantity", quantity)).PathAndQuery;

    private protected override async Task ReadAsync(CancellationToken cancellationToken) => Model = await KeptAsync(Navigation.Uri, () => Reader.ReadAsync(Namespace, Check, Quantity, cancellationToken));

    /// <summary>A check like every other, kept and in the audit log; nothing follows from it.</summary>
    protected async Task CheckAsync()
    {
        if (IsActing)
        {
            return;
        }

        (IsActing, Problem) = (true, null);
        try
        {
            Viewer who = await Callers.AgainAsync(Left);
            if (!who.May(Permissions.ModelDriftCheck) || await Evaluator.VersionAsync(Namespace, null, null, Left) is not { } version)
            {
                Problem = who.May(Permissions.ModelDriftCheck) ? "Nobody decides here: there is no version to check." : "Your role does not ask for checks any more.";
                return;
            }

            await Checks.RunAsync(DriftAsking.RequestOf(version, Namespace, Day, minSamples: null, who.Name, Time.GetUtcNow()), Left);
            Model = await Reader.ReadAsync(Namespace, null, Quantity, Left);
        }
        finally
        {
            IsActing = false;
        }
    }
}
