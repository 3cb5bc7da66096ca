using FinObs.Contracts.Resources;
using FinObs.DataPlane.Dashboard.Parts;
using FinObs.DataPlane.Dashboard.Reading;
using Microsoft.AspNetCore.Components;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>What is declared, and is it so?</summary>
public abstract class PoliciesPageBase : DashboardPage
{
    [SupplyParameterFromQuery(Name = "kind")]
    public string? KindInAddress { get; set; }

    [Inject]
    internal PoliciesReader Reader { get; set; } = null!;

    private protected PoliciesModel? Model { get; private set; }

    /// <summary>Null = all five.</summary>
    protected string? Kind => KindInAddress is null ? null : ResourceKinds.Find(KindInAddress)?.Name;

    protected string Title
    {
        get
        {
            int bad = Model?.Items.Count(line => line.State == "bad") ?? 0, waiting = Model?.Items.Count(line => line.State == "watch") ?? 0;
            return Model is { Total: 0 } ? "Nothing is declared"
                : bad > 0 ? $"{Words.Plural(bad, "policy is", "policies are")} not as asked"
                : waiting > 0 ? $"{Words.Plural(waiting, "policy waits", "policies wait")} for something"
                : Model is { Items.Count: 1 } ? "The one policy is as asked"
                : $"All {Words.Count(Model?.Items.Count ?? 0)} policies are as asked";
        }
    }

    /// <summary>A kind as people say it: <c>ModelVersion</c> → model versions.</summary>
    protected static string Many(string kind) => kind switch
    {
        "ModelVersion" => "Model versions",
        "CallbackTarget" => "Callback targets",
        "PullSource" => "Pull sources",
        "DriftPolicy" => "Drift policies",
        "ABExperiment" => "Experiments",
        _ => kind,
    };

    private protected override async Task ReadAsync(CancellationToken cancellationToken) => Model = await KeptAsync(Navigation.Uri, () => Reader.ReadAsync(Namespace, Kind, cancellationToken));
}
