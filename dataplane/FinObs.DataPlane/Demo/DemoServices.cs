using FinObs.DataPlane.Decisions.Rules;
using FinObs.DataPlane.Models;

namespace FinObs.DataPlane.Demo;

internal static class DemoServices
{
    /// <summary>The built-in model; it is needed with or without the demo.</summary>
    public static IServiceCollection AddBuiltInModel(this IServiceCollection services) => services.AddSingleton<IBuiltInModel, BuiltInModel>();

    /// <summary>The demo, where it is wanted.</summary>
    public static IServiceCollection AddDemo(this IServiceCollection services, IConfiguration configuration, IHostEnvironment environment)
    {
        IConfigurationSection section = configuration.GetSection(DemoOptions.Section);
        services.AddOptions<DemoOptions>().Bind(section).ValidateDataAnnotations().ValidateOnStart();
        if (section.Get<DemoOptions>()?.Enabled ?? environment.IsDevelopment())
        {
            services.PostConfigure<RulesOptions>(options => options.Path ??= Path.Combine(AppContext.BaseDirectory, "samples", "rules"));
            services.AddSingleton<DemoState>();
            services.AddHostedService<DemoSeeder>();
        }

        return services;
    }
}
