using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace FinObs.DataPlane.Tests.Resources;

/// <summary>Several hosts on one database.</summary>
public sealed class ReplicaTests
{
    private static readonly ResourceKey Key = new("default", "CallbackTarget", "siem");

    /// <summary>Nobody looks by himself while the test lasts: what a replica knows, it has heard.</summary>
    private static readonly string[] Hearing = [.. Door.WithoutModel, "--Changes:PollPeriod", "01:00:00"];

    [Fact]
    public async Task Another_replica_hears_of_a_change()
    {
        await using TestDataPlane one = await TestDataPlane.StartAsync(DatabaseKind.PostgreSql, Hearing);
        await using TestDataPlane other = await one.StartReplicaAsync(Hearing);
        ResourceCatalogue catalogue = other.Services.GetRequiredService<ResourceCatalogue>();
        await WhenListeningAsync(one.ConnectionString, 2);
        Door door = new(one);

        string created = (await door.PutAsync(Door.ByApi())).SpecHash;
        await Door.UntilAsync(() => Task.FromResult(catalogue.Current.Find(Key)), found => found?.Row.SpecHash == created);
        await door.DeleteAsync();
        await Door.UntilAsync(() => Task.FromResult(catalogue.Current.Find(Key)), found => found is null);
    }

    [Fact]
    public async Task A_replica_whose_connection_was_cut_hears_again()
    {
        await using TestDataPlane one = await TestDataPlane.StartAsync(DatabaseKind.PostgreSql, Hearing);
        await using TestDataPlane other = await one.StartReplicaAsync(Hearing);
        ResourceCatalogue catalogue = other.Services.GetRequiredService<ResourceCatalogue>();
        await WhenListeningAsync(one.ConnectionString, 2);

        await ScalarAsync(one.ConnectionString, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'finobs listener'");
        await WhenListeningAsync(one.ConnectionString, 2);
        await new Door(one).PutAsync(Door.ByApi());

        await Door.UntilAsync(() => Task.FromResult(catalogue.Current.Find(Key)), found => found is not null);
    }

    private static Task<long> WhenListeningAsync(string connectionString, long replicas) => Door.UntilAsync(
        () => ScalarAsync(connectionString, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'finobs listener' AND query LIKE 'LISTEN%'"),
        count => count == replicas);

    private static async Task<long> ScalarAsync(string connectionString, string sql)
    {
        await using NpgsqlConnection connection = new(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using NpgsqlCommand command = new(sql, connection);
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
