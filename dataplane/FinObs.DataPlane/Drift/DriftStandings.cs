using System.Globalization;
using FinObs.Contracts.Resources;
using FinObs.DataPlane.Drift.Checks;
using FinObs.DataPlane.Models.Versions;
using FinObs.DataPlane.Resources;

namespace FinObs.DataPlane.Drift;

/// <summary>How versions stand, from the last check of each policy that is there now, or of the watch that there is without one.</summary>
internal sealed class DriftStandings(ResourceCatalogue catalogue, DriftChecks checks) : IDriftStandings
{
    public async Task<DriftStanding?> OfAsync(string @namespace, string model, string version, long versionId, CancellationToken cancellationToken)
    {
        IEnumerable<string> policies = catalogue.Current.Of(@namespace, ResourceKinds.DriftPolicy.Name).Where(policy => !policy.Row.Deleting).Select(policy => policy.Row.Uid);
        DriftCheckRow? worst = null;
        foreach (string uid in policies.Append(DefaultWatch.UidOf(@namespace, versionId)))
        {
            if (await checks.LastAsync(uid, cancellationToken) is { BreachChecks: > 0 } last && last.Model == model && last.Version == version && (worst is null || last.Drifting))
            {
                worst = last;
            }
        }

        return worst is null ? null : new DriftStanding(worst.Drifting, string.Create(
            CultureInfo.InvariantCulture, $"{Watch(worst)}: {worst.Counter().Count} of the last {worst.BreachChecks} checks breached; the last one is /v1/drift/checks/{worst.Id}."));
    }

    private static string Watch(DriftCheckRow check) => check.Policy == DriftCheckRow.DefaultPolicy ? "The default watch" : $"DriftPolicy {check.Policy}";
}
