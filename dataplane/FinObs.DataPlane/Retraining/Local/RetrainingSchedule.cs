using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Retraining.Runs;
using FinObs.DataPlane.Retraining.Windows;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Retraining.Local;

/// <summary>The fallback by the clock: a model that decides, and that for long nobody asked to retrain, is retrained. One run a period, however many replicas there are.</summary>
internal sealed class RetrainingSchedule(IDatabase database, RouteStore routes, RetrainingRuns runs, RetrainingRequests requests, AuditedCommit commit, IOptions<RetrainingOptions> options)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        TimeSpan every = options.Value.Every;
        if (every <= TimeSpan.Zero) return;
        DateTimeOffset now = commit.Now();
        await using FinObsDbContext db = database.CreateContext();
        var due = await db.ModelRoutes.Where(route => route.StableVersionId != null && route.ChangedAt <= now - every).OrderBy(route => route.Namespace).Take(1_000).ToListAsync(cancellationToken);
        foreach (ModelRouteRow route in due)
        {
            if ((await routes.FindAsync(route.Namespace, cancellationToken)).Stable is not { } stable) continue;
            if (await runs.LastRequestAsync(route.Namespace, stable.Model, cancellationToken) > now - every) continue;
            WindowRequest window = new(route.Namespace, stable.Model, null, null, null, "system:schedule");
            string reason = $"{stable.Name} decides since {route.ChangedAt:yyyy-MM-dd}, and nobody asked for another for {every.TotalDays:0.#} days (Retraining:Every).";
            await requests.RequestAsync(new RunRequest(window, TrainingTrigger.Schedule, reason, $"schedule:{now.UtcTicks / every.Ticks}"), cancellationToken);
        }
    }
}
