using System.Collections.Concurrent;
using FinObs.Operator.Reconciliation;
using FinObs.Operator.Reconciliation.Api;
using FinObs.Operator.Reconciliation.Caching;
using FinObs.Operator.Status;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FinObs.Operator.Tests;

/// <summary>The operator's runtime with one controller, that of Gadgets, whose reconciler does what the test says.</summary>
internal sealed class TestOperator : IAsyncDisposable
{
    private readonly IHost _host;

    private TestOperator(IHost host) => _host = host;

    public GadgetReconciler Reconciler => Get<GadgetReconciler>();

    public Resources<Gadget> Gadgets => Get<Resources<Gadget>>();

    public Resources<V1ConfigMap> Children => Get<Resources<V1ConfigMap>>();

    /// <summary>Not started, so that a test can give its reconciler something to do before.</summary>
    public static TestOperator Create(KubernetesClientConfiguration configuration, string space, params string[] settings) => Create(configuration, space, TimeProvider.System, settings);

    /// <summary>The same on a clock of its own.</summary>
    public static TestOperator Create(KubernetesClientConfiguration configuration, string space, TimeProvider time, string[] settings)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddCommandLine(
        [
            "--Watch:Namespaces", space, "--Watch:FirstRetry", "00:00:00.020", "--Reconciliation:FirstRetry", "00:00:00.020",
            "--Leader:Enabled", "false", "--Leader:LeaseNamespace", space, .. settings,
        ]);
        builder.Logging.AddConsole().SetMinimumLevel(LogLevel.None);
        builder.Services.AddSingleton(configuration);
        builder.Services.AddSingleton(time);
        builder.Services.AddReconciliation(builder.Configuration);
        builder.Services.AddStatus();
        builder.Services.AddInformer<V1ConfigMap>(options => options.Labels = "app.kubernetes.io/managed-by=finobs");
        builder.Services.AddInformer<V1Secret>(options => options.MetadataOnly = true);
        builder.Services.AddController<Gadget, GadgetReconciler>(watch => watch
            .Owns<V1ConfigMap>()
            .RefersTo<V1Secret>(gadget => gadget.Spec.Secret is { } secret ? [new ResourceKey(gadget.Metadata.Namespace!, secret)] : []));
        return new TestOperator(builder.Build());
    }

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public async Task<TestOperator> StartAsync()
    {
        await _host.StartAsync(TestContext.Current.CancellationToken);
        return this;
    }

    public Task StopAsync() => _host.StopAsync(CancellationToken.None);

    /// <summary>Only the work; it is told to stop before this returns, while a host stops one service after the other.</summary>
    public Task StopWorkAsync() => _host.Services.GetServices<IHostedService>().OfType<OperatorLoop>().Single().StopAsync(CancellationToken.None);

    /// <summary>A child of a Gadget, as a builder would make it.</summary>
    public static V1ConfigMap ChildOf(Gadget gadget) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = $"{gadget.Metadata.Name}-child",
            NamespaceProperty = gadget.Metadata.Namespace,
            Labels = new Dictionary<string, string> { ["app.kubernetes.io/managed-by"] = "finobs" },
            OwnerReferences = [new V1OwnerReference { ApiVersion = gadget.ApiVersion, Kind = gadget.Kind, Name = gadget.Metadata.Name, Uid = gadget.Metadata.Uid, Controller = true }],
        },
        Data = new Dictionary<string, string> { ["size"] = $"{gadget.Spec.Size}" },
    };

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _host.Dispose();
    }
}

/// <summary>Does what the test says, and notes for which objects it was called.</summary>
internal sealed class GadgetReconciler : IReconciler<Gadget>
{
    public string? Finalizer { get; set; }

    public Func<Gadget, CancellationToken, Task<ReconcileResult>> OnReconcile { get; set; } = (_, _) => Task.FromResult(ReconcileResult.Done);

    public Func<Gadget, CancellationToken, Task<ReconcileResult>> OnFinalize { get; set; } = (_, _) => Task.FromResult(ReconcileResult.Done);

    /// <summary>In the order in which they began.</summary>
    public ConcurrentQueue<Gadget> Calls { get; } = [];

    public ConcurrentQueue<ResourceKey> Gone { get; } = [];

    public int CallsFor(string name) => Calls.Count(gadget => gadget.Metadata.Name == name);

    public Task<ReconcileResult> ReconcileAsync(Gadget resource, CancellationToken cancellationToken)
    {
        Calls.Enqueue(resource);
        return OnReconcile(resource, cancellationToken);
    }

    public Task<ReconcileResult> FinalizeAsync(Gadget resource, CancellationToken cancellationToken) => OnFinalize(resource, cancellationToken);

    public void Deleted(ResourceKey key) => Gone.Enqueue(key);
}
