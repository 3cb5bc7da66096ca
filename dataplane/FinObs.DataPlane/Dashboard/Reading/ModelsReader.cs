using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Pii;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Rollout;
using FinObs.DataPlane.Rollout.Api;
using FinObs.DataPlane.Rollout.Steps;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Dashboard.Reading;

/// <summary>What the models page shows.</summary>
/// <param name="Route">Who decides, with the shares beside it.</param>
/// <param name="Versions">By model, the highest first.</param>
/// <param name="Rollouts">Those under way and those that ended.</param>
/// <param name="Changes">Of the route, the newest first.</param>
internal sealed record ModelsModel(RouteAnswer Route, IReadOnlyList<VersionSummary> Versions, IReadOnlyList<RolloutModel> Rollouts, IReadOnlyList<RouteChangeLine> Changes);

/// <summary>A rollout with its steps in words.</summary>
internal sealed record RolloutModel(RolloutAnswer Rollout, string? WaitsFor, string? Hint, IReadOnlyList<string> Steps, IReadOnlyList<AnalysisAnswer> Analysis);

/// <summary>A change of the route.</summary>
internal sealed record RouteChangeLine(long Generation, string? From, string? To, string Reason, string Actor, DateTimeOffset At);

/// <summary>Reads which models there are, which decides, and what is being rolled out.</summary>
internal sealed class ModelsReader(IDatabase database, ModelCatalogue catalogue, RouteStore routes, RolloutStore rollouts, RolloutVerbs verbs, Rollouts looks, PiiGuard guard)
{
    private const int MostChanges = 20;

    public async Task<ModelsModel?> ReadAsync(string @namespace, CancellationToken cancellationToken)
    {
        ModelRoute route = await routes.FindAsync(@namespace, cancellationToken);
        RolloutRow[] rows = [.. (await rollouts.OfAsync(@namespace, cancellationToken)).Where(verbs.IsThere)];
        List<RolloutModel> shown = [];
        foreach (RolloutRow row in rows)
        {
            shown.Add(await RolloutOfAsync(row, cancellationToken));
        }

        await using FinObsDbContext db = database.CreateContext();
        List<VersionSummary> versions = await catalogue.AllAsync(@namespace, cancellationToken);
        return new ModelsModel(
            new RouteAnswer(route.Namespace, route.Generation, route.Stable?.Name, route.Previous?.Name, route.Split?.Holder,
                [.. rows.Where(row => row.Weight > 0 && row.Phase != RolloutPhase.Promoted).Select(row => new ShareAnswer($"{row.Model}@{row.Version}", row.Weight))]),
            [.. versions.OrderBy(version => version.Model, StringComparer.Ordinal).ThenByDescending(version => version.Version, SemanticVersion.Precedence)],
            shown, await ChangesAsync(db, @namespace, cancellationToken));
    }

    private async Task<RolloutModel> RolloutOfAsync(RolloutRow row, CancellationToken cancellationToken)
    {
        StoredResource resource = verbs.Find(row.Namespace, row.Name)!;
        RolloutNext.Wait? wait = (await looks.LookAsync(resource, cancellationToken))?.Next as RolloutNext.Wait;
        IReadOnlyList<RolloutStep> steps = RolloutPlan.Of(((ModelVersion)resource.Resource).Spec)?.Steps ?? [];
        return new RolloutModel(RolloutAnswer.Of(row, guard), wait?.Gate, wait?.Gate is null ? null : guard.Clean(wait.Hint), [.. steps.Select(InWords)], AnalysisAnswer.All(row.Analysis));
    }

    private static async Task<List<RouteChangeLine>> ChangesAsync(FinObsDbContext db, string @namespace, CancellationToken cancellationToken)
    {
        List<ModelRouteChangeRow> changes = await db.ModelRouteChanges.Where(row => row.Namespace == @namespace).OrderByDescending(row => row.Generation).Take(MostChanges).ToListAsync(cancellationToken);
        long[] ids = [.. changes.SelectMany(change => new[] { change.FromVersionId, change.ToVersionId }).OfType<long>().Distinct()];
        Dictionary<long, string> names = await db.ModelVersions.Where(row => EF.Parameter(ids).Contains(row.Id)).ToDictionaryAsync(row => row.Id, row => row.Model + "@" + row.Version, cancellationToken);
        string? NameOf(long? id) => id is { } known ? names.GetValueOrDefault(known) : null;
        return [.. changes.Select(change => new RouteChangeLine(change.Generation, NameOf(change.FromVersionId), NameOf(change.ToVersionId), change.Reason, change.ChangedBy ?? change.Actor, change.ChangedAt))];
    }

    private static string InWords(RolloutStep step) => step switch
    {
        { Shadow: { } shadow } => $"in shadow, {shadow.Percent} % for {shadow.Duration}",
        { SetWeight: { } weight } => $"{weight} % of the traffic",
        { Analysis: { } analysis } => $"analysis of {string.Join(", ", analysis.Metrics.Select(metric => metric.Name))}",
        { Approval: { } approval } => $"{approval.Required} agree",
        { Pause: { } pause } => $"wait {pause.Duration}",
        _ => "a step of another kind",
    };
}
