using Microsoft.Extensions.Options;

namespace FinObs.Operator.DataPlane;

internal static class DataPlaneServices
{
    public static IServiceCollection AddDataPlane(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DataPlaneOptions>().Bind(configuration.GetSection(DataPlaneOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => new DataPlaneClient(Connect(provider.GetRequiredService<IOptions<DataPlaneOptions>>().Value)));
        services.AddSingleton<RetrainingClient>();
        services.AddSingleton<SubmissionBuilder>();
        services.AddSingleton<ResourceSubmitter>();
        return services;
    }

    /// <summary>One client for good: connections are made anew now and then, so that a moved address is noticed.</summary>
    private static HttpClient Connect(DataPlaneOptions options)
    {
        HttpMessageHandler handler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2), AllowAutoRedirect = false };
        if ((options.TokenFile ?? options.ApiKeyFile) is { } file) handler = new BearerFromFile(file) { InnerHandler = handler };
        return new HttpClient(handler) { BaseAddress = new Uri(options.Url.TrimEnd('/') + "/"), Timeout = options.Timeout };
    }
}
