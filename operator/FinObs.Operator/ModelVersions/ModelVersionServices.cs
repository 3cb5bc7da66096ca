using FinObs.Contracts.Resources;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Operator.ModelVersions.Children;
using FinObs.Operator.Reconciliation;
using FinObs.Operator.Reconciliation.Api;
using k8s.Models;

namespace FinObs.Operator.ModelVersions;

internal static class ModelVersionServices
{
    private const string OurObjects = $"{WellKnown.ManagedBy}={ChildLabels.OperatorValue}";

    public static IServiceCollection AddModelVersions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ScorerOptions>().Bind(configuration.GetSection(ScorerOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddInformer<V1ServiceAccount>(options => options.Labels = OurObjects);
        services.AddInformer<V1NetworkPolicy>(options => options.Labels = OurObjects);
        services.AddInformer<V1Service>(options => options.Labels = OurObjects);
        services.AddInformer<V1Deployment>(options => options.Labels = OurObjects);
        services.AddInformer<V2HorizontalPodAutoscaler>(options => options.Labels = OurObjects);
        services.AddInformer<V1PodDisruptionBudget>(options => options.Labels = OurObjects);
        services.AddInformer<V1Pod>(options => options.Labels = OurObjects);
        services.AddInformer<V1Secret>(options => options.MetadataOnly = true);
        services.AddSingleton(typeof(ChildApplier<>));
        services.AddSingleton<ModelVersionChildren>();
        services.AddSingleton<ScoringPods>();
        services.AddSingleton<WarmVersions>();
        services.AddSingleton(_ => new ScorerProbe(new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = ScorerProbe.Timeout }));
        services.AddController<ModelVersion, ModelVersionReconciler>(watch => watch
            .Owns<V1ServiceAccount>()
            .Owns<V1NetworkPolicy>()
            .Owns<V1Service>()
            .Owns<V1Deployment>()
            .Owns<V2HorizontalPodAutoscaler>()
            .Owns<V1PodDisruptionBudget>()
            .Watches<V1Pod>((pod, _) => ScoringPods.VersionOf(pod))
            .RefersTo<V1Secret>(version => SecretReferences.Of(version.Spec).Select(secret => new ResourceKey(version.Metadata.Namespace ?? "", secret.Name))));
        return services;
    }
}
