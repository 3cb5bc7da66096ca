namespace FinObs.DataPlane.Transactions;

internal static class TransactionServices
{
    public static IServiceCollection AddTransactions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PipelineOptions>().Bind(configuration.GetSection(PipelineOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<TransactionCommit>();
        services.AddSingleton<TransactionPipeline>();
        services.AddSingleton<TransactionChecker>();
        services.AddSingleton<AmountSearch>();
        services.AddSingleton<Rehearsal>();
        services.AddSingleton<TransactionDetails>();
        services.AddSingleton<TransactionLookup>();
        services.AddSingleton<ITransactionExplainer, TransactionExplainer>();
        services.AddSingleton<GroupCommitQueue>();
        services.AddSingleton<ITransactionPipeline>(provider => provider.GetRequiredService<GroupCommitQueue>());
        services.AddHostedService(provider => provider.GetRequiredService<GroupCommitQueue>());
        return services;
    }
}
