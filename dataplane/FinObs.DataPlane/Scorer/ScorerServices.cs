using System.Net;
using FinObs.DataPlane.Access;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Scorer;

internal static class ScorerServices
{
    /// <summary>Beyond the drain, for what was begun in its last moment.</summary>
    private static readonly TimeSpan LastMoment = TimeSpan.FromSeconds(15);

    public static IServiceCollection AddScorer(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ScorerOptions>().Bind(configuration.GetSection(ScorerOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ScorerOptions>().Configure<IOptions<AccessOptions>>((scorer, access) => scorer.AcceptsTokens = access.Value.ServiceAccounts.IsConfigured);
        services.AddAccess(configuration);
        services.AddSingleton<ScorerState>();
        services.AddSingleton<ModelInference>();
        services.TryAddSingleton<IScorerAccess, BearerAccess>();
        services.AddSingleton(_ => new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) }) { Timeout = TimeSpan.FromMinutes(5) });
        services.AddSingleton<ArtifactSource>();
        services.AddHostedService<ArtifactLoader>();
        services.AddHostedService<ScorerDrain>();
        services.AddGrpc();
        services.AddOptions<Grpc.AspNetCore.Server.GrpcServiceOptions>()
            .Configure<IOptions<ScorerOptions>>((grpc, scorer) => grpc.MaxReceiveMessageSize = scorer.Value.MaxBodyBytes);
        services.AddOptions<HostOptions>()
            .Configure<IOptions<ScorerOptions>>((host, scorer) => host.ShutdownTimeout = TimeSpan.FromSeconds(scorer.Value.DrainSeconds) + LastMoment);
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<ScorerOptions>>((kestrel, scorer) => Listen(kestrel, scorer.Value));
        return services;
    }

    private static void Listen(KestrelServerOptions kestrel, ScorerOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes;
        ListenOn(options.HttpPort, HttpProtocols.Http1);
        ListenOn(options.GrpcPort, HttpProtocols.Http2);

        void ListenOn(int port, HttpProtocols protocols)
        {
            if (options.Address == "*")
            {
                kestrel.ListenAnyIP(port, endpoint => endpoint.Protocols = protocols);
            }
            else
            {
                kestrel.Listen(IPAddress.Parse(options.Address), port, endpoint => endpoint.Protocols = protocols);
            }
        }
    }
}
