using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Ledger.Labels;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Storage.Redis;
using FinObs.Scoring.Features;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Ledger;

internal static class LedgerServices
{
    public static IServiceCollection AddLedger(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<LedgerOptions>()
            .Bind(configuration.GetSection(LedgerOptions.Section))
            .ValidateDataAnnotations()
            .Validate(options => Currencies.IsKnown(options.BaseCurrency), "Ledger:BaseCurrency must be an ISO 4217 code such as USD.")
            .Validate(options => TimeZoneInfo.TryFindSystemTimeZoneById(options.TimeZone, out _), "Ledger:TimeZone must be an IANA zone such as Europe/Berlin.")
            .Validate(options => options.ExchangeRatesFile is null || File.Exists(options.ExchangeRatesFile), "Ledger:ExchangeRatesFile names a file that is not there.")
            .ValidateOnStart();
        services.AddSingleton<LedgerIdentity>();
        services.AddSingleton<IProfileShare>(provider => provider.GetService<ReplicaRedis>() is { } redis && provider.GetRequiredService<IDatabase>().Kind == DatabaseKind.PostgreSql
            ? new RedisProfiles(redis, provider.GetRequiredService<LedgerIdentity>())
            : new NothingShared());
        services.AddSingleton<AccountProfileStore>();
        services.AddSingleton<IPersonalRows, LedgerPersonalRows>();
        services.AddSingleton<IdempotencyIndex>();
        services.AddSingleton<LedgerUnitsGuard>();
        services.AddSingleton<ISchemaExtra, LabelSchema>();
        services.AddSingleton<IAuditProjection, LabelProjection>();
        services.AddSingleton<LabelWriter>();
        services.AddSingleton(provider => provider.GetRequiredService<LedgerUnits>().Settings);
        services.AddSingleton(provider => new LedgerUnits(provider.GetRequiredService<IOptions<LedgerOptions>>().Value));
        return services;
    }
}

/// <summary>The units that account statistics are measured in.</summary>
internal sealed class LedgerUnits(LedgerOptions options)
{
    private readonly ExchangeRates _rates = options.ExchangeRatesFile is { } file ? ExchangeRates.Load(file) : ExchangeRates.Default;

    public ProfileSettings Settings { get; } = new(options.BaseCurrency, options.TimeZone);

    public TimeZoneInfo Zone { get; } = TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone);

    /// <summary>An amount in the base currency at the rate of that day; null where no rate is known.</summary>
    public double? InBase(decimal amount, string currency, DateTimeOffset at) => _rates.ToBase(amount, currency, Settings.BaseCurrency, DateOnly.FromDateTime(at.UtcDateTime));

    /// <summary>What the feature catalogue may know of a transaction.</summary>
    public TransactionFacts FactsOf(TransactionRow row) => new(
        row.Type,
        row.OccurredAt,
        InBase(row.Amount, row.Currency, row.OccurredAt),
        row.IsCredit,
        StableHash.Of(row.CounterpartyId),
        row.AccountId is not null);
}
