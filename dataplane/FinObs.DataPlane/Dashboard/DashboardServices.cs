using FinObs.DataPlane.Access;
using FinObs.DataPlane.Access.Sessions;
using FinObs.DataPlane.Dashboard.Live;
using FinObs.DataPlane.Dashboard.Reading;
using FinObs.DataPlane.Dashboard.Shell;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;
using OpenTelemetry.Trace;

namespace FinObs.DataPlane.Dashboard;

/// <summary>The place where people look: pages of this host, over the same read models and acts as its API.</summary>
internal static class DashboardServices
{
    /// <summary>How long a page that lost its connection can take it up again where it was.</summary>
    private static readonly TimeSpan KeptWithoutConnection = TimeSpan.FromMinutes(3);

    /// <summary>A page hands what was read for it, encrypted, to its live connection: fifty rows and a story are some 100 kB. SignalR's 32 kB would end the connection.</summary>
    private const long LargestMessage = 1024 * 1024;

    public static IServiceCollection AddDashboard(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DashboardOptions>().Bind(configuration.GetSection(DashboardOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<HostFigures>();
        services.AddHostedService(provider => provider.GetRequiredService<HostFigures>());
        services.AddRazorComponents().AddInteractiveServerComponents(circuits => circuits.DisconnectedCircuitRetentionPeriod = KeptWithoutConnection)
            .AddHubOptions(hub => hub.MaximumReceiveMessageSize = LargestMessage);
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "finobs-forgery";
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        services.AddScoped<DashboardCaller>();
        services.AddSingleton<LivePulse>();
        services.AddSingleton<RecentSpans>();
        services.ConfigureOpenTelemetryTracerProvider((provider, tracing) => tracing.AddProcessor(provider.GetRequiredService<RecentSpans>()));
        services.AddSingleton<OverviewReader>();
        services.AddSingleton<DecisionsReader>();
        services.AddSingleton<DecisionReader>();
        services.AddSingleton<SimilarDecisions>();
        services.AddSingleton<WhatIf>();
        services.AddSingleton<CasesReader>();
        services.AddSingleton<ApprovalsReader>();
        services.AddSingleton<ModelsReader>();
        services.AddSingleton<DriftShapes>();
        services.AddSingleton<DriftReader>();
        services.AddSingleton<AuditPageReader>();
        services.AddSingleton<DeliveriesReader>();
        services.AddSingleton<WaitingReader>();
        services.AddSingleton<ExperimentsReader>();
        services.AddSingleton<PoliciesReader>();
        services.AddSingleton<ComplianceReader>();
        services.AddSingleton<ExportsReader>();
        services.AddSingleton<PullsReader>();
        services.AddSingleton<AccessReader>();
        return services;
    }

    /// <summary>After authentication and authorization.</summary>
    public static void UseDashboard(this WebApplication app)
    {
        app.Use(ForProgramsAsync);
        app.UseAntiforgery();
    }

    public static void MapDashboard(this WebApplication app)
    {
        app.MapDashboardAssets();
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(mode => mode.ContentSecurityFrameAncestorsPolicy = null) // SecurityHeaders says so of every answer
            .Add(Close);
    }

    /// <summary>Each page names its permission; what belongs to all of them is for whoever has any. So is the root, where programs are led on: the page there asks for its permission itself.</summary>
    private static void Close(EndpointBuilder endpoint)
    {
        Type? page = endpoint.Metadata.OfType<ComponentTypeMetadata>().FirstOrDefault()?.Type;
        IAuthorizationRequirement requirement = PagePermissionAttribute.Of(page) is { } permission ? new PermissionRequirement(permission) : new AnyPermissionRequirement();
        bool isRoot = endpoint is RouteEndpointBuilder { RoutePattern.RawText: "/" };
        endpoint.Metadata.Add(requirement);
        if (requirement is PermissionRequirement)
        {
            endpoint.Metadata.Add(new ForbiddenPage());
        }

        endpoint.Metadata.Add(new AuthorizationPolicyBuilder().AddRequirements(isRoot ? new AnyPermissionRequirement() : requirement).Build());
    }

    /// <summary>A program that asks for the root is led to the API's reference, as before there were pages.</summary>
    private static Task ForProgramsAsync(HttpContext context, RequestDelegate next)
    {
        bool isPage = context.Request.Path == "/" && context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null;
        if (!isPage || SessionCookie.IsNavigation(context.Request))
        {
            return next(context);
        }

        context.Response.Redirect("/docs");
        return Task.CompletedTask;
    }
}
