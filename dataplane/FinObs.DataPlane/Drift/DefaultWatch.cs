using System.Globalization;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.DataPlane.Drift.Checks;
using FinObs.DataPlane.Monitoring.Windows;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Drift;

/// <summary>Watches the deciding version of each namespace that has no DriftPolicy, with the limits of one that says nothing. It has no actions: a drift is an event and a line in the list, and trains nothing.</summary>
internal sealed class DefaultWatch(
    DriftRounds rounds, DriftEvaluator evaluator, VersionWindows windows, ResourceCatalogue catalogue, IDatabase database, IOptions<DriftOptions> options, TimeProvider time)
{
    /// <summary>Bound on the namespaces of a round.</summary>
    private const int MostNamespaces = 1000;

    /// <summary>Nothing is made up for that was due before the process was there but the last hour.</summary>
    private static readonly TimeSpan Back = TimeSpan.FromHours(1);

    public static string UidOf(string @namespace, long versionId) => string.Create(CultureInfo.InvariantCulture, $"default:{@namespace}:{versionId}");

    /// <summary>The namespace's watch; null where a policy watches, nobody decides, or it is turned off.</summary>
    public async Task<DriftWatch?> OfAsync(string @namespace, CancellationToken cancellationToken)
    {
        if (!options.Value.Default || catalogue.Current.Of(@namespace, ResourceKinds.DriftPolicy.Name).Any(policy => !policy.Row.Deleting)
            || await evaluator.VersionAsync(@namespace, null, null, cancellationToken) is not { } version)
        {
            return null;
        }

        DriftPolicySpec spec = new() { ModelRef = new ModelRef { Model = version.Model } };
        return new DriftWatch(@namespace, DriftCheckRow.DefaultPolicy, UidOf(@namespace, version.Id), spec, version, time.GetUtcNow() - Back);
    }

    /// <summary>Makes the checks that are due.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (string name in options.Value.Default ? await NamespacesAsync(cancellationToken) : [])
        {
            if (await OfAsync(name, cancellationToken) is not { } watch)
            {
                DriftMetrics.Forget(name, DriftCheckRow.DefaultPolicy);
                continue;
            }

            // Where nothing was decided there is nothing to say, and no check is kept each hour.
            DateTimeOffset now = time.GetUtcNow();
            if ((await windows.KindsAsync(name, watch.Version.Id, WindowRole.Decided, WindowBuckets.HourOf(now - watch.Spec.Window.Duration.Value), now, cancellationToken)).Rows > 0)
            {
                await rounds.CheckIfDueAsync(watch, DriftSchedule.Of(watch.Spec)!, cancellationToken);
            }
        }
    }

    private async Task<List<string>> NamespacesAsync(CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.EventCounters.OrderBy(row => row.Namespace).Select(row => row.Namespace).Take(MostNamespaces).ToListAsync(cancellationToken);
    }
}
