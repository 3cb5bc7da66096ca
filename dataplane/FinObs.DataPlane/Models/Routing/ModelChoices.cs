using FinObs.Contracts.Resources;

namespace FinObs.DataPlane.Models.Routing;

/// <summary>Who decides transactions whose sender names a model.</summary>
internal abstract record ModelChoice
{
    /// <param name="Traffic">Decides them.</param>
    internal sealed record Found(RoutedTraffic Traffic) : ModelChoice;

    /// <param name="Why">A sentence that says what to do.</param>
    internal sealed record Missing(string Why) : ModelChoice;
}

/// <summary>
/// Follows a reference to a model. Naming one chooses among those that may decide, and permits nothing: a version counts that decides for the namespace now, or whose spec, rollout and kill switch let it decide everything.
/// </summary>
internal sealed class ModelChoices(ModelRouter router, ModelRegistry registry, RouteEntries entries)
{
    /// <summary>The namespace's own traffic, shares and shadows included, where the model that decides there is meant; else the version alone, of several the highest.</summary>
    public async Task<ModelChoice> OfAsync(string @namespace, ModelRef wanted, CancellationToken cancellationToken)
    {
        RoutedTraffic traffic = router.Traffic(@namespace);
        if (traffic.Stable is { } stable && stable.Identity.Model == wanted.Model && (wanted.Version is null || stable.Identity.Version == wanted.Version))
        {
            return new ModelChoice.Found(wanted.Version is null ? traffic : traffic.Alone);
        }

        RouteEntry[] named = [.. (await entries.OfAsync(@namespace, cancellationToken)).Where(entry => entry.Model == wanted.Model && (wanted.Version is null || entry.Version == wanted.Version))];
        RouteEntry? chosen = named.Where(entry => entry is { IsPermitted: true, IsThrough: true, IsSuspended: false, UsableVersionId: not null })
            .OrderByDescending(entry => entry.Version, SemanticVersion.Precedence).FirstOrDefault();
        return chosen?.UsableVersionId is { } id && await registry.TargetAsync(id, cancellationToken) is { } target && await router.OpenAsync(@namespace, target, cancellationToken) is { } model
            ? new ModelChoice.Found(new RoutedTraffic(model))
            : new ModelChoice.Missing(Why(@namespace, wanted, named));
    }

    private static string Why(string @namespace, ModelRef wanted, RouteEntry[] named)
    {
        string name = wanted.Version is { } version ? $"{wanted.Model}@{version}" : wanted.Model;
        return named.Length == 0
            ? $"There is no model {name} in the namespace {@namespace}: apply a ModelVersion of it, or name another model in scoring.modelRef."
            : $"No version of {name} in the namespace {@namespace} may decide: it must have stage Production and its rollout behind it, be loaded, and neither rolled back, suspended nor stopped by its kill switch.";
    }
}
