using System.ComponentModel.DataAnnotations;
using FinObs.Operator.Reconciliation.Api;
using FinObs.Operator.Reconciliation.Caching;

namespace FinObs.Operator.Reconciliation;

/// <summary>Section <c>Reconciliation</c>: what every controller has in common.</summary>
internal sealed class ReconciliationOptions
{
    public const string Section = "Reconciliation";

    /// <summary>Objects of one kind worked on at once.</summary>
    [Range(1, 64)]
    public int Workers { get; set; } = 4;

    /// <summary>Each object is looked at again after this long at the latest, whether or not anything happened; the looks are spread by a tenth.</summary>
    public TimeSpan ResyncPeriod { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>One reconcile may take this long; then it is cancelled, and tried again later.</summary>
    public TimeSpan ReconcileTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>What is under way when the process is to stop may take this long; shorter than the pod's termination grace period.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Wait after an object's first failure in a row.</summary>
    public TimeSpan FirstRetry { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest wait after a failure.</summary>
    public TimeSpan LongestRetry { get; set; } = TimeSpan.FromMinutes(2);
}

/// <summary>What beside the objects themselves makes a controller look at them again.</summary>
internal sealed class ControllerOptions<T>
    where T : class
{
    internal List<Action<IServiceProvider, Controller<T>>> Wiring { get; } = [];

    /// <summary>A change of a child makes its owner be looked at.</summary>
    public ControllerOptions<T> Owns<TChild>()
        where TChild : class
    {
        ResourceKind<T> owner = ResourceKind<T>.Instance;
        return Watches<TChild>((child, _) => ResourceKind<TChild>.Instance.Meta(child) is var meta
            ? meta.Owners.Where(reference => reference.Kind == owner.Kind && reference.ApiVersion == owner.ApiVersion)
                .Select(reference => new ResourceKey(meta.Key.Namespace, reference.Name))
            : []);
    }

    /// <summary>A change of what an object names, e.g. a Secret, makes the object be looked at.</summary>
    /// <param name="references">The keys that an object names.</param>
    public ControllerOptions<T> RefersTo<TOther>(Func<T, IEnumerable<ResourceKey>> references)
        where TOther : class
    {
        // The index must stand before the first object comes in: it is made here, when the controller is.
        Wiring.Add((services, controller) =>
        {
            CacheIndex<T> index = controller.Informer.Cache.AddIndex(resource => references(resource).Select(key => key.ToString()).Distinct());
            services.GetRequiredService<Informer<TOther>>().Cache.OnChange(change => controller.Enqueue(
                index.Find(ResourceKind<TOther>.Instance.Meta((change.After ?? change.Before)!).Key.ToString()).Select(resource => ResourceKind<T>.Instance.Meta(resource).Key)));
        });
        return this;
    }

    /// <summary>A change of another kind makes those objects be looked at that <paramref name="affected"/> names.</summary>
    public ControllerOptions<T> Watches<TOther>(Func<TOther, IServiceProvider, IEnumerable<ResourceKey>> affected)
        where TOther : class
    {
        Wiring.Add((services, controller) => services.GetRequiredService<Informer<TOther>>().Cache.OnChange(change =>
        {
            if (change.Before is { } before) controller.Enqueue(affected(before, services));
            if (change.After is { } after) controller.Enqueue(affected(after, services));
        }));
        return this;
    }
}
