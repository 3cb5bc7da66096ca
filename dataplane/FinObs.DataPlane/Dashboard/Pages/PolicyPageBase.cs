using FinObs.DataPlane.Access;
using FinObs.DataPlane.Dashboard.Reading;
using Microsoft.AspNetCore.Components;

namespace FinObs.DataPlane.Dashboard.Pages;

/// <summary>One resource: what is asked for, what is so, and what it waits for.</summary>
public abstract class PolicyPageBase : DashboardPage
{
    [Parameter]
    public string Kind { get; set; } = "";

    [Parameter]
    public string Name { get; set; } = "";

    [Inject]
    internal PoliciesReader Reader { get; set; } = null!;

    private protected PolicyModel? Model { get; private set; }

    /// <summary>The page on which its work is seen.</summary>
    private protected (string Path, string Text)? Work => Model?.Line.Kind switch
    {
        "ModelVersion" when Who.May(Permissions.ModelRead) => ("/models", "Versions and rollouts"),
        "DriftPolicy" when Who.May(Permissions.ModelRead) => ("/drift", "Drift checks"),
        "ABExperiment" when Who.May(Permissions.ModelRead) => ($"/experiments/{Name}", "What it has found"),
        "CallbackTarget" when Who.May(Permissions.DeliveryRead) => ($"/deliveries?target={Uri.EscapeDataString(Name)}", "Its deliveries"),
        "PullSource" when Who.May(Permissions.DeliveryRead) => ($"/pulls?source={Uri.EscapeDataString(Name)}", "Its runs"),
        _ => null,
    };

    protected bool IsActedUpon => Model is { } it && it.Observed >= it.Generation;

    private protected override async Task ReadAsync(CancellationToken cancellationToken) => Model = await KeptAsync(Navigation.Uri, () => Reader.ReadAsync(Namespace, Kind, Name, Who, cancellationToken));
}
