using FinObs.DataPlane.Audit.Anchors;

namespace FinObs.DataPlane.Audit.Witness;

internal static class WitnessServices
{
    /// <summary>Nothing, where no witness is configured.</summary>
    public static IServiceCollection AddWitness(this IServiceCollection services, IConfiguration configuration)
    {
        if (string.IsNullOrWhiteSpace(configuration[$"{AuditOptions.Section}:{nameof(AuditOptions.Witness)}:{nameof(WitnessOptions.Url)}"])) return services;
        services.AddHttpClient(WitnessClient.HttpClientName).ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false });
        services.AddSingleton<WitnessClient>();
        services.AddSingleton<IAuditAnchor, WitnessAnchor>();
        services.AddHostedService<WitnessWorker>();
        return services;
    }
}
