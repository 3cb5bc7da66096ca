using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Access;

internal static class AccessServices
{
    /// <summary>Endpoints that any workload with a token for us may use.</summary>
    public const string WorkloadPolicy = "workload";

    public static IServiceCollection AddAccess(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AccessOptions>().Bind(configuration.GetSection(AccessOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ClusterKeys>();
        services.AddSingleton<ServiceAccountTokens>();
        return services;
    }

    /// <summary>With nothing configured everybody on this machine is the developer; otherwise nobody is let in who does not say who it is.</summary>
    public static IServiceCollection AddAccessControl(this IServiceCollection services, IConfiguration configuration)
    {
        AccessOptions options = configuration.GetSection(AccessOptions.Section).Get<AccessOptions>() ?? new AccessOptions();
        services.AddSingleton(provider => new KeyFile(provider.GetRequiredService<IOptions<AccessOptions>>().Value.ApiKeyFile, provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService<KeyFileAdvice>();
        services.AddAuthentication(options.IsConfigured ? MachineAuthentication.Scheme : LocalAuthentication.Scheme)
            .AddScheme<AuthenticationSchemeOptions, MachineAuthentication>(MachineAuthentication.Scheme, configureOptions: null)
            .AddScheme<AuthenticationSchemeOptions, LocalAuthentication>(LocalAuthentication.Scheme, configureOptions: null);
        services.AddSingleton<IAuthorizationHandler, PermissionHandler>();
        services.AddSingleton<IAuthorizationHandler, AnyPermissionHandler>();
        services.AddSingleton<IAuthorizationHandler, KnownCallerHandler>();
        AuthorizationBuilder policies = services.AddAuthorizationBuilder();
        if (options.IsConfigured)
        {
            AuthorizationPolicy operators = new AuthorizationPolicyBuilder().RequireRole(Caller.Operator).Build();
            policies.SetDefaultPolicy(operators).SetFallbackPolicy(operators).AddPolicy(WorkloadPolicy, policy => policy.RequireRole(Caller.Operator, Caller.Workload));
        }
        else
        {
            policies.AddPolicy(WorkloadPolicy, policy => policy.RequireAssertion(_ => true));
        }

        return services;
    }

    public static void UseAccessControl(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
    }
}
