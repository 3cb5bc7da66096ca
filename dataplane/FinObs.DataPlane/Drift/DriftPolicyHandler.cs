using System.Collections.Concurrent;
using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.DriftPolicies;
using FinObs.DataPlane.Drift.Checks;
using FinObs.DataPlane.Models.Routing;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Resources.Handling;
using FinObs.DataPlane.Resources.Secrets;

namespace FinObs.DataPlane.Drift;

/// <summary>Checks what DriftPolicies watch, when their schedules say so. In every replica; whoever is first keeps the check.</summary>
internal sealed class DriftPolicyHandler(
    DriftRounds rounds, DriftChecks checks, DriftEvaluator evaluator, ResourceCatalogue catalogue, IEnumerable<IRetrainingStandings> retraining, TimeProvider time) : IResourceHandler
{
    /// <summary>For a model that may come.</summary>
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<ResourceKey, PolicyFinding> _findings = [];

    public string Kind => ResourceKinds.DriftPolicy.Name;

    public async Task<TimeSpan?> ApplyAsync(StoredResource resource, ResourceSecrets secrets, CancellationToken cancellationToken)
    {
        DriftPolicySpec spec = ((DriftPolicy)resource.Resource).Spec;
        (PolicyFinding finding, RouteVersion? version) = await FindAsync(resource.Key.Namespace, spec, cancellationToken);
        _findings[resource.Key] = finding;
        if (version is null || DriftSchedule.Of(spec) is not { } schedule)
        {
            return version is null ? Later : null;
        }

        DriftWatch watch = new(resource.Key.Namespace, resource.Key.Name, resource.Row.Uid, spec, version, resource.Row.CreatedAt);
        return await rounds.CheckIfDueAsync(watch, schedule, cancellationToken) is { } wait && wait < Later ? wait + TimeSpan.FromMilliseconds(1) : Later;
    }

    public async Task<ResourceStatus> StatusAsync(StoredResource resource, CancellationToken cancellationToken)
    {
        DriftPolicySpec spec = ((DriftPolicy)resource.Resource).Spec;
        PolicyFinding finding = _findings.TryGetValue(resource.Key, out PolicyFinding? known) ? known : (await FindAsync(resource.Key.Namespace, spec, cancellationToken)).Finding;
        DriftPolicyStatus status = DriftPolicyStatuses.Of(spec, finding, await checks.LastAsync(resource.Row.Uid, cancellationToken), time.GetUtcNow());
        foreach (IRetrainingStandings standings in retraining)
        {
            status = status with { LastJob = await standings.OfAsync(resource.Key.Namespace, spec.ModelRef.Model, resource.Row.Uid, IsFirstToRetrain(resource.Key, spec), cancellationToken) };
        }

        return status;
    }

    /// <summary>What was found stays.</summary>
    public Task<bool> DrainAsync(StoredResource resource, CancellationToken cancellationToken) => Task.FromResult(true);

    public void Forget(StoredResource resource)
    {
        _findings.TryRemove(resource.Key, out _);
        DriftMetrics.Forget(resource.Key.Namespace, resource.Key.Name);
    }

    /// <summary>Of a model's policies that retrain, the first by name looks after the runs that no policy asked for.</summary>
    private bool IsFirstToRetrain(ResourceKey key, DriftPolicySpec spec) => Retrains(spec) && key.Name == catalogue.Current.Of(key.Namespace, Kind)
        .Where(other => ((DriftPolicy)other.Resource).Spec is var its && its.ModelRef.Model == spec.ModelRef.Model && Retrains(its)).Select(other => other.Key.Name).Min(StringComparer.Ordinal);

    private static bool Retrains(DriftPolicySpec spec) => spec.Actions?.Any(action => action.Type == DriftActionType.Retrain) == true;

    private async Task<(PolicyFinding Finding, RouteVersion? Version)> FindAsync(string @namespace, DriftPolicySpec spec, CancellationToken cancellationToken)
    {
        string wanted = string.IsNullOrEmpty(spec.ModelRef.Version) ? $"a version of {spec.ModelRef.Model} that decides" : $"{spec.ModelRef.Model}@{spec.ModelRef.Version}";
        if (await evaluator.VersionAsync(@namespace, spec.ModelRef.Model, spec.ModelRef.Version, cancellationToken) is not { } version)
        {
            return (new PolicyFinding(false, DriftPolicyReasons.ModelMissing, $"There is no {wanted} in {@namespace} yet; it is looked for again in {Later.TotalSeconds:0} seconds."), null);
        }

        return await evaluator.HasReferenceAsync(version.Id, cancellationToken)
            ? (new PolicyFinding(true, DriftPolicyReasons.ReferenceFound, $"Compared with the statistics frozen with {version.Name}."), version)
            : (new PolicyFinding(false, DriftPolicyReasons.ReferenceMissing, $"The artifact of {version.Name} has no reference statistics (or cannot be loaded here): only its alert rate can be watched."), version);
    }
}

/// <summary>Whether there is something to compare with.</summary>
internal sealed record PolicyFinding(bool Found, string Reason, string Message);
