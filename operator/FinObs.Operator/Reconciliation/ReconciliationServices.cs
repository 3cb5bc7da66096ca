using System.Globalization;
using FinObs.Operator.Reconciliation.Api;
using FinObs.Operator.Reconciliation.Caching;
using FinObs.Operator.Reconciliation.Leadership;
using k8s;
using k8s.Models;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FinObs.Operator.Reconciliation;

internal static class ReconciliationServices
{
    public static IServiceCollection AddReconciliation(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<WatchOptions>().Bind(configuration.GetSection(WatchOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ReconciliationOptions>().Bind(configuration.GetSection(ReconciliationOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<LeaderOptions>().Bind(configuration.GetSection(LeaderOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new Jitter(Guid.CreateVersion7(provider.GetRequiredService<TimeProvider>().GetUtcNow()).GetHashCode()));
        services.AddSingleton<LoopHealth>();

        services.TryAddSingleton(_ => KubernetesClientConfiguration.BuildDefaultConfig());
        services.AddSingleton(provider => KubernetesApi.Connect(provider.GetRequiredService<KubernetesClientConfiguration>()));
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<LeaderOptions>>().Value.Enabled ? new WriteFence() : WriteFence.AlwaysOpen);
        services.AddSingleton<KubernetesApi>();
        services.AddSingleton(typeof(ResourceClient<>));
        services.AddSingleton(typeof(Resources<>));

        services.AddSingleton(Identity);
        // The lease is what opens the fence, so it does not pass through it.
        services.AddSingleton(provider => new ResourceClient<V1Lease>(
            new KubernetesApi(provider.GetRequiredService<Kubernetes>(), WriteFence.AlwaysOpen, provider.GetRequiredService<TimeProvider>())));
        services.AddSingleton<LeaderElection>();
        services.AddHostedService<OperatorLoop>();
        services.AddOptions<HostOptions>().Configure<IOptions<ReconciliationOptions>>((host, options) => host.ShutdownTimeout = options.Value.StopTimeout + TimeSpan.FromSeconds(10));
        return services;
    }

    /// <summary>Knows all objects of a kind from now on; may be asked for by several slices, of which the first says which objects.</summary>
    public static IServiceCollection AddInformer<T>(this IServiceCollection services, Action<InformerOptions<T>>? configure = null)
        where T : class
    {
        if (services.Any(service => service.ServiceType == typeof(Informer<T>))) return services;
        services.AddOptions<InformerOptions<T>>().Configure(options => configure?.Invoke(options));
        services.AddSingleton<Informer<T>>();
        services.AddSingleton<IInformer>(provider => provider.GetRequiredService<Informer<T>>());
        return services;
    }

    /// <summary>Calls <typeparamref name="TReconciler"/> for the objects of a kind; the kinds that it watches need an informer each.</summary>
    public static IServiceCollection AddController<T, TReconciler>(this IServiceCollection services, Action<ControllerOptions<T>>? watch = null)
        where T : class
        where TReconciler : class, IReconciler<T>
    {
        services.AddInformer<T>();
        services.AddSingleton<TReconciler>();
        services.AddSingleton<IController>(provider =>
        {
            ControllerOptions<T> options = new();
            watch?.Invoke(options);
            Controller<T> controller = ActivatorUtilities.CreateInstance<Controller<T>>(provider, provider.GetRequiredService<TReconciler>());
            options.Wiring.ForEach(wire => wire(provider, controller));
            return controller;
        });
        return services;
    }

    private static LeaderIdentity Identity(IServiceProvider provider)
    {
        LeaderOptions options = provider.GetRequiredService<IOptions<LeaderOptions>>().Value;
        string own = provider.GetRequiredService<KubernetesClientConfiguration>().Namespace;
        string space = options.LeaseNamespace.Length > 0 ? options.LeaseNamespace : string.IsNullOrEmpty(own) ? "default" : own;
        // The random part: a pod that is restarted under its old name is another process, and waits its turn.
        string name = options.Identity.Length > 0
            ? options.Identity
            : string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}_{Guid.CreateVersion7(provider.GetRequiredService<TimeProvider>().GetUtcNow()):n}");
        return new LeaderIdentity(name, new ResourceKey(space, options.LeaseName));
    }
}
