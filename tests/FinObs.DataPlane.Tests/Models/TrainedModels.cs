using FinObs.DataPlane.Models;
using FinObs.Scoring.Artifacts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Models;

/// <summary>The built-in model, trained once, under whatever name a test wants: the same model, another artifact.</summary>
internal static class TrainedModels
{
    private static readonly Lazy<ModelArtifact> BuiltIn = new(Train);

    public static ModelArtifact Named(string model, string version, DecisionThresholds? thresholds = null)
    {
        ModelArtifact trained = BuiltIn.Value;
        return ModelArtifact.Create(trained.Manifest with { Model = model, Version = version, DeclaredThresholds = thresholds }, trained.ModelBytes.ToArray());
    }

    private static ModelArtifact Train()
    {
        ServiceCollection services = new();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        FinObsHost.AddFinObs(services, new ConfigurationBuilder().Build());
        using ServiceProvider provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IBuiltInModel>().Train(CancellationToken.None);
    }
}
