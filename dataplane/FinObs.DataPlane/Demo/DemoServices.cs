using FinObs.DataPlane.Models;

namespace FinObs.DataPlane.Demo;

internal static class DemoServices
{
    /// <summary>The built-in model; it is needed with or without the demo.</summary>
    public static IServiceCollection AddBuiltInModel(this IServiceCollection services) => services.AddSingleton<IBuiltInModel, BuiltInModel>();
}
