using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.DataPlane.Drift.Checks;
using FinObs.DataPlane.Models.Routing;

namespace FinObs.DataPlane.Drift;

/// <summary>Who is watched, and how.</summary>
/// <param name="Namespace">Whose transactions.</param>
/// <param name="Policy">The policy's name.</param>
/// <param name="Uid">The policy's identity: its checks are one after the other.</param>
/// <param name="Spec">How.</param>
/// <param name="Version">What.</param>
/// <param name="Since">Due times after this count, until there is a check.</param>
internal sealed record DriftWatch(string Namespace, string Policy, string Uid, DriftPolicySpec Spec, RouteVersion Version, DateTimeOffset Since);

/// <summary>Makes the check that is due, if one is. In every replica; whoever is first keeps it.</summary>
internal sealed class DriftRounds(DriftChecks checks, TimeProvider time)
{
    private const string Actor = "system:drift";

    /// <summary>How long until the next is due; null = never.</summary>
    public async Task<TimeSpan?> CheckIfDueAsync(DriftWatch watch, DriftSchedule schedule, CancellationToken cancellationToken)
    {
        DriftCheckRow? last = await checks.LastAsync(watch.Uid, cancellationToken);
        DateTimeOffset since = last?.DueAt ?? watch.Since, now = time.GetUtcNow();
        if (schedule.DueAt(since, now) is { } due)
        {
            (DateTimeOffset from, DateTimeOffset to) = schedule.WindowAt(due);

            // Of a tumbling window each part is looked at once: it is due again when the next one is whole.
            if (last?.WindowTo != to)
            {
                await checks.RunAsync(new DriftCheckRequest(watch.Namespace, watch.Policy, watch.Uid, watch.Spec, watch.Version, due, from, to, Actor), cancellationToken);
            }

            since = due;
        }

        return schedule.Until(since, now);
    }
}
