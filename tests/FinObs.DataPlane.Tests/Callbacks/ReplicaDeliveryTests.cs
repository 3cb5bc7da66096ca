using System.Data.Common;
using System.Text.Json.Nodes;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Resources;
using FinObs.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace FinObs.DataPlane.Tests.Callbacks;

/// <summary>Two replicas on one PostgreSQL, and a PostgreSQL that goes away.</summary>
public sealed class ReplicaDeliveryTests
{
    private static readonly string[] Settings = [.. Door.WithoutModel, "--Callbacks:LeaseTime", "00:00:02"];

    [Fact]
    public async Task Targets_are_shared_out_and_taken_over_and_each_message_arrives_once()
    {
        await using CallbackWorld world = await CallbackWorld.StartAsync(DatabaseKind.PostgreSql);
        TestDataPlane other = await world.Host.StartReplicaAsync(Settings);
        try
        {
            foreach (string name in (string[])["one", "two"])
            {
                await world.Door.PutAsync(Door.ByApi(world.Spec()), $"/v1/namespaces/default/callbacktargets/{name}");
            }

            await Door.UntilAsync(() => OwnersAsync(world.Host), owners => owners is { Length: 2 } && owners[0] != owners[1]);
            string[] sent = [.. await world.TransactAsync(50), .. await world.TransactAsync(50)];
            await world.ReceivedAsync(200);
            await other.DisposeAsync();
            string[] later = await world.TransactAsync(20);
            await world.ReceivedAsync(240);
            await Door.UntilAsync(() => CountAsync(world.Host, "callback_deliveries"), count => count == 0);

            Assert.Equal(240, world.Sink.All.Select(received => received.Id).Distinct().Count());
            Assert.Equal(240, world.Sink.All.Count);
            Assert.All(world.Sink.All.GroupBy(CallbackWorld.TransactionOf), copies => Assert.Equal(2, copies.Count()));
            Assert.Equal(sent.Concat(later).Order(), world.Sink.All.Select(CallbackWorld.TransactionOf).Distinct().Order());
        }
        finally
        {
            await other.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_database_that_goes_away_in_the_middle_loses_nothing()
    {
        await using LocalCluster? cluster = await LocalCluster.TryStartAsync(new LocalClusterOptions());
        Assert.SkipWhen(cluster is null, "No PostgreSQL on this machine that could be restarted.");
        await using TestDataPlane host = await TestDataPlane.StartOnAsync(cluster.ConnectionString, [.. Settings, "--Callbacks:AllowPrivateAddresses", "true"]);
        await using CallbackSink sink = await CallbackSink.StartAsync();
        Door door = new(host);
        JsonObject spec = Door.TargetSpec(sink.Url);
        spec["allowHttp"] = true;
        spec["delivery"] = new JsonObject { ["ratePerSecond"] = 100, ["schedule"] = new JsonArray("10ms", "1s", "1s", "1s") };
        DoorAnswer applied = await door.PutAsync(Door.ByApi(spec));
        Assert.True(applied.Status == 201, applied.Text);
        JsonArray items = [.. Enumerable.Range(0, 200).Select(i => new JsonObject { ["transaction_id"] = $"t-{i}", ["amount"] = 1, ["type"] = "card" })];
        await host.PostAsync(items.ToJsonString());

        await Door.UntilAsync(() => Task.FromResult(sink.All.Count), count => count >= 50, TimeSpan.FromSeconds(30));
        await cluster.StopImmediatelyAsync();
        await cluster.StartAgainAsync();
        NpgsqlConnection.ClearAllPools();
        await Door.UntilAsync(() => Task.FromResult(sink.All.Select(CallbackWorld.TransactionOf).Distinct().Count()), count => count == 200, TimeSpan.FromMinutes(3));
        await Door.UntilAsync(() => CountAsync(host, "callback_deliveries"), count => count == 0, TimeSpan.FromMinutes(3));

        // Whatever came twice came under one id.
        Assert.Equal(200, sink.All.Select(received => received.Id).Distinct().Count());
    }

    private static async Task<string[]> OwnersAsync(TestDataPlane host)
    {
        await using DbConnection connection = await host.Services.GetRequiredService<IDatabase>().OpenHotAsync(TestContext.Current.CancellationToken);
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = "SELECT owner FROM callback_leases WHERE name LIKE 'target/%'";
        await using DbDataReader row = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        List<string> owners = [];
        while (await row.ReadAsync(TestContext.Current.CancellationToken))
        {
            owners.Add(row.GetString(0));
        }

        return [.. owners];
    }

    private static async Task<long> CountAsync(TestDataPlane host, string table)
    {
        await using DbConnection connection = await host.Services.GetRequiredService<IDatabase>().OpenHotAsync(TestContext.Current.CancellationToken);
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT COUNT(*) FROM {table}";
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
