namespace FinObs.DataPlane.Operations;

internal static class OperationsServices
{
    /// <summary>Registered first: hosted services start in order, and every other one may then rely on schema and model.</summary>
    public static IServiceCollection AddReadiness(this IServiceCollection services)
    {
        services.AddSingleton<Readiness>();
        services.AddHostedService(provider => provider.GetRequiredService<Readiness>());
        return services;
    }

    public static IServiceCollection AddOperations(this IServiceCollection services)
    {
        services.AddFinObsErrors();
        services.AddOpenApi("v1", options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "FinObs data plane";
            document.Info.Description = "Scores, explains, decides and proves financial transactions.";
            document.Servers = [];
            return Task.CompletedTask;
        }));
        return services;
    }
}
