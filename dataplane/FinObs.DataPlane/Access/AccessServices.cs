using FinObs.DataPlane.Access.Approval;
using FinObs.DataPlane.Access.Examining;
using FinObs.DataPlane.Access.Guarding;
using FinObs.DataPlane.Access.Keys;
using FinObs.DataPlane.Access.Oidc;
using FinObs.DataPlane.Access.Sessions;
using FinObs.DataPlane.Access.Users;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
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
        services.AddOptions<AccessOptions>().Bind(configuration.GetSection(AccessOptions.Section))
            .Configure(options => options.WebhookApiKey ??= configuration["WEBHOOK_API_KEY"]).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ClusterKeys>();
        services.AddSingleton<ServiceAccountTokens>();
        services.AddSingleton<UserProfiles>();
        services.AddSingleton<UserDirectory>();
        services.AddSingleton<UserChanges>();
        services.AddSingleton<ClusterUsers>();
        services.AddSingleton<IApprovedAction, AdminGrant>();
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<ExaminerReads>();
        foreach (string act in UserActs.Changes) services.AddSingleton<IAuditProjection>(provider => new UserChangeProjection(provider.GetRequiredService<IDatabase>(), act));
        foreach (string act in new[] { ApiKeyActs.Created, ApiKeyActs.Revoked }) services.AddSingleton<IAuditProjection>(provider => new ApiKeyProjection(provider.GetRequiredService<IDatabase>(), act));
        return services;
    }

    /// <summary>With nothing configured everybody on this machine is the developer; otherwise nobody is let in who does not say who it is.</summary>
    public static IServiceCollection AddAccessControl(this IServiceCollection services, IConfiguration configuration)
    {
        AccessOptions options = AccessOptions.From(configuration);
        services.AddSingleton(provider => new KeyFile(provider.GetRequiredService<IOptions<AccessOptions>>().Value.ApiKeyFile, provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService<KeyFileAdvice>();
        services.AddSingleton<FailedCredentials>();
        services.AddSingleton<CallerLimits>();
        services.AddSingleton<OpenRequests>();
        services.AddHostedService(provider => provider.GetRequiredService<OpenRequests>());
        AddSchemes(services, options);
        if (options.AllowKeyInQuery) KeyInQuery.SilenceRequestLines(services);
        if (options.Cors.Origins.Count > 0)
        {
            services.AddCors(cors => cors.AddDefaultPolicy(policy => policy.WithOrigins([.. options.Cors.Origins]).AllowAnyHeader().AllowAnyMethod()));
        }

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
        AccessOptions options = app.Services.GetRequiredService<IOptions<AccessOptions>>().Value;
        FailedCredentials failed = app.Services.GetRequiredService<FailedCredentials>();
        CallerLimits limits = app.Services.GetRequiredService<CallerLimits>();
        app.Use(SecurityHeaders.AddAsync);
        if (!options.IsConfigured) app.Use(LoopbackCallers.GuardAsync);
        if (options.Cors.Origins.Count > 0) app.UseCors();
        if (options.AllowKeyInQuery) app.Use(KeyInQuery.MoveAsync);
        if (options.IsConfigured) app.Use(failed.GuardAsync);
        app.UseAuthentication();
        if (options.IsConfigured) app.Use(failed.NoteAsync);
        app.Use(CrossSiteGuard.GuardAsync);
        app.UseAuthorization();
        app.Use(limits.GuardAsync);
        app.Use(app.Services.GetRequiredService<OpenRequests>().GuardAsync);
        app.Use(ExaminerReads.GuardAsync);
    }

    /// <summary>Who is looked at by which check; without any configured, everybody is the developer.</summary>
    private static void AddSchemes(IServiceCollection services, AccessOptions options)
    {
        AuthenticationBuilder schemes = services.AddAuthentication(options.IsConfigured ? CallerScheme.Scheme : LocalAuthentication.Scheme)
            .AddPolicyScheme(CallerScheme.Scheme, displayName: null, policy => policy.ForwardDefaultSelector = context =>
                CallerScheme.Of(context, context.RequestServices.GetRequiredService<IOptions<AccessOptions>>().Value))
            .AddScheme<AuthenticationSchemeOptions, MachineAuthentication>(MachineAuthentication.Scheme, configureOptions: null)
            .AddScheme<AuthenticationSchemeOptions, LocalAuthentication>(LocalAuthentication.Scheme, configureOptions: null)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.Scheme, configureOptions: null);
        if (options.Oidc.IsConfigured)
        {
            services.AddSingleton<IConfigureOptions<JwtBearerOptions>, OidcBearer>();
            schemes.AddJwtBearer(OidcBearer.Scheme, configureOptions: _ => { });
        }

        if (options.Oidc.HasBrowser)
        {
            services.AddSingleton<IConfigureOptions<CookieAuthenticationOptions>, SessionCookie>();
            services.AddSingleton<IConfigureOptions<OpenIdConnectOptions>, BrowserSignIn>();
            schemes.AddCookie(SessionCookie.Scheme).AddOpenIdConnect(BrowserSignIn.Scheme, configureOptions: _ => { });
        }
    }
}
