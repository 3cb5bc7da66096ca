using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Evidence;
using FinObs.DataPlane.Callbacks.Delivery;
using FinObs.DataPlane.Callbacks.FanOut;
using FinObs.DataPlane.Callbacks.Messages;
using FinObs.DataPlane.Callbacks.Signing;
using FinObs.DataPlane.Callbacks.Store;
using FinObs.DataPlane.Callbacks.Targets;
using FinObs.DataPlane.Cases.Compliance;
using FinObs.DataPlane.Cases.Opening;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Drift.Checks;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Outbox.Words;
using FinObs.DataPlane.Pii;
using FinObs.DataPlane.Resources.Handling;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Telemetry;

namespace FinObs.DataPlane.Callbacks;

internal static class CallbackServices
{
    public static IServiceCollection AddCallbacks(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<CallbackOptions>()
            .Bind(configuration.GetSection(CallbackOptions.Section))
            .Validate(options => options.LeaseTime >= TimeSpan.FromMilliseconds(500), "Callbacks:LeaseTime must be at least 500 ms.")
            .Validate(options => Array.TrueForAll(options.AllowedCidrs, range => System.Net.IPNetwork.TryParse(range, out _)), "Callbacks:AllowedCidrs must be ranges like 10.20.0.0/16.")
            .ValidateOnStart();
        services.AddSingleton<ISchemaExtra, CallbackSchema>();
        foreach (string act in CallbackActs.All)
        {
            services.AddSingleton<IAuditProjection>(provider => new CallbackActProjection(provider.GetRequiredService<IDatabase>(), act));
            services.AddSingleton<ICallbackSource>(provider => new ActSource(provider.GetRequiredService<IDatabase>(), act));
        }

        services.AddSingleton<DisabledTargets>();
        services.AddSingleton<ICaseSource>(provider => provider.GetRequiredService<DisabledTargets>());
        services.AddSingleton<IComplianceSource>(provider => provider.GetRequiredService<DisabledTargets>());
        services.AddTransient<IEvidencePart, DeliveryEvidence>();
        services.AddSingleton<IPayloadRedaction, FieldRedaction>();
        services.AddSingleton<ICallbackSource, DecisionSource>();
        foreach (string topic in new[] { DriftCheckRow.Detected, DriftCheckRow.Warned })
        {
            services.AddSingleton<ICallbackSource>(provider => new DriftSource(provider.GetRequiredService<IDatabase>(), topic));
        }

        foreach (string topic in CaseKinds.Told)
        {
            services.AddSingleton<ICallbackSource>(provider => new CaseSource(provider.GetRequiredService<IDatabase>(), provider.GetRequiredService<PiiGuard>(), topic));
        }

        foreach (string topic in ApprovalSource.Told)
        {
            services.AddSingleton<ICallbackSource>(provider => new ApprovalSource(provider.GetRequiredService<IDatabase>(), provider.GetRequiredService<PiiGuard>(), topic));
        }

        services.AddSingleton<ICallbackSource, OverrideSource>();
        services.AddSingleton<ICallbackSource, RolloutSource>();
        services.AddSingleton<CallbackSources>();
        services.AddSingleton<CallbackKeys>();
        services.AddSingleton<DeliveryStore>();
        services.AddSingleton<DeadLetterStore>();
        services.AddSingleton<DeliverySignal>();
        services.AddSingleton(provider => new HeardSignal(ReplicaWord.DeliveriesWaiting, provider.GetRequiredService<DeliverySignal>()));
        services.AddSingleton<EndpointSignal>();
        services.AddSingleton<CallbackEndpoints>();
        services.AddSingleton<CallbackStatuses>();
        services.AddSingleton<IResourceHandler, CallbackTargetHandler>();
        services.AddSingleton<CallbackSender>();
        services.AddSingleton<TestSender>();
        services.AddSingleton<TargetActs>();
        services.AddSingleton<TargetLeases>();
        services.AddSingleton<CallbackReplay>();
        services.AddSingleton<CallbackFanOut>();
        services.AddSingleton<IEventReader>(provider => provider.GetRequiredService<CallbackFanOut>());
        services.AddSingleton<CallbackFigures>();
        services.AddSingleton<IStatusPart>(provider => provider.GetRequiredService<CallbackFigures>());
        services.AddSingleton<DeliveryCommits>();
        services.AddSingleton<LineServices>();
        return services;
    }

    /// <summary>What works in the background, in a host that serves. Stopped in the reverse order: lines before what writes their results.</summary>
    public static IServiceCollection AddCallbackWorkers(this IServiceCollection services)
    {
        services.AddHostedService(provider => provider.GetRequiredService<DeliveryCommits>());
        services.AddHostedService<FanOutWorker>();
        services.AddHostedService<DeliveryWorker>();
        services.AddSingleton<CallbackMaintenance>();
        services.AddHostedService(provider => provider.GetRequiredService<CallbackMaintenance>());
        return services;
    }
}
