using System.Data.Common;
using System.Text.Json.Nodes;
using FinObs.Contracts.Resources.Door;
using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Callbacks;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Operations;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Resources;
using FinObs.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace FinObs.DataPlane.Tests.Callbacks;

/// <summary>The data plane without its web server, in a time that passes when the test says so; the receiver is real.</summary>
internal sealed class SimulatedWorld : IAsyncDisposable
{
    public static readonly ResourceKey Target = new("default", "CallbackTarget", "siem");

    private readonly IHost _host;
    private readonly TemporaryFolder _folder;
    private readonly IAsyncDisposable? _database;
    private long _lastEvent;
    private DbConnection? _connection;

    private SimulatedWorld(IHost host, FakeTimeProvider time, TemporaryFolder folder, IAsyncDisposable? database, CallbackSink sink)
    {
        (_host, Time, _folder, _database, Sink) = (host, time, folder, database, sink);
        Database = host.Services.GetRequiredService<IDatabase>();
    }

    public FakeTimeProvider Time { get; }

    public CallbackSink Sink { get; }

    public IDatabase Database { get; }

    public IServiceProvider Services => _host.Services;

    public static async Task<SimulatedWorld> StartAsync(DatabaseKind kind)
    {
        TemporaryFolder folder = new();
        IAsyncDisposable? owned = null;
        string connectionString = $"Data Source={Path.Combine(folder.FullPath, "finobs.db")};Pooling=False";
        if (kind == DatabaseKind.PostgreSql)
        {
            TestDatabase database = await PostgreSqlServer.CreateDatabaseAsync();
            (owned, connectionString) = (database, database.ConnectionString);
        }

        FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
        {
            Args = ["--ConnectionStrings:FinObs", connectionString, "--Storage:DataFolder", folder.FullPath, "--Models:BuiltIn", "false", "--Audit:SequencerPeriod", "00:00:10", "--Changes:PollPeriod", "00:05:00", "--Logging:LogLevel:Default", "Error", "--Logging:LogLevel:Microsoft.Hosting.Lifetime", "Error"],
        });
        FinObsHost.AddFinObs(builder.Services, builder.Configuration);
        builder.Services.AddCallbackWorkers();
        builder.Services.AddSingleton<TimeProvider>(time);
        IHost host = builder.Build();
        await host.Services.GetRequiredService<Readiness>().PrepareAsync(CancellationToken.None);
        await host.StartAsync();
        return new SimulatedWorld(host, time, folder, owned, await CallbackSink.StartAsync());
    }

    public async Task ApplyAsync(Action<JsonObject>? change = null)
    {
        JsonObject spec = Door.TargetSpec(Sink.Url);
        spec["allowHttp"] = true;
        spec["network"] = new JsonObject { ["allowPrivate"] = true };
        change?.Invoke(spec);
        ResourceSubmission submission = new()
        {
            ManagedBy = ResourceOwner.Api,
            Spec = spec,
            Secrets = new Dictionary<string, SubmittedSecret>
            {
                ["siem-key"] = new() { ResourceVersion = "1", Data = new Dictionary<string, string> { ["key"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Door.SigningKey)) } },
            },
        };
        DoorOutcome outcome = await Services.GetRequiredService<ResourceDoor>().ApplyAsync(Target, submission, "test", CancellationToken.None);
        Assert.IsType<DoorOutcome.Applied>(outcome);
    }

    /// <summary>Decisions as the pipeline would have written them, with their events numbered. Returns their ids.</summary>
    public Task<Guid[]> DecideAsync(int count) => DecidedRows.InsertAsync(Database, Time.GetUtcNow(), Interlocked.Add(ref _lastEvent, count) - count + 1, count);

    public async Task<long> CountAsync(string sql)
    {
        _connection ??= await Database.OpenHotAsync(CancellationToken.None);
        await using DbCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(await command.ExecuteScalarAsync());
    }

    /// <summary>Lets time pass in steps until it holds; each step gives what is under way a moment.</summary>
    public async Task PassAsync(TimeSpan step, Func<Task<bool>> holds, int most = 20_000)
    {
        for (int i = 0; !await holds(); i++)
        {
            Assert.True(i < most, "It did not become so.");
            Time.Advance(step);
            await Task.Delay(TimeSpan.FromMilliseconds(1));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Sink.DisposeAsync();
        await (_connection?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _host.StopAsync();
        _host.Dispose();
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }

        _folder.Dispose();
    }
}

/// <summary>Rows of transactions and decisions with events about them, straight into the tables.</summary>
internal static class DecidedRows
{
    public static async Task<Guid[]> InsertAsync(IDatabase database, DateTimeOffset now, long firstEvent, int count, string @namespace = "default")
    {
        Guid[] ids = [.. Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7(now))];
        TransactionRow[] transactions =
        [
            .. ids.Select((id, i) => new TransactionRow
            {
                Id = id, Namespace = @namespace, Source = "webhook", TransactionId = $"t-{firstEvent + i}", AccountId = $"a-{i % 100}", AccountHash = i % 100, Type = "card",
                Amount = 12.5m, Currency = "EUR", OccurredAt = now, ReceivedAt = now,
            }),
        ];
        DecisionRow[] decisions =
        [
            .. ids.Select(id => new DecisionRow { Id = id, TransactionRef = id, Namespace = @namespace, Decision = Decision.Review, Score = 0.99, Reasons = ReasonsJson.None, DecidedAt = now, LeafId = id }),
        ];
        OutboxMessage[] messages = [.. ids.Select(id => new OutboxMessage { Id = id, Namespace = @namespace, Topic = DecisionPayload.Kind, SubjectId = id, CreatedAt = now })];
        await using IWriteSession session = await database.BeginWriteAsync(CancellationToken.None);
        await session.InsertAsync([TransactionRow.Table.Rows(transactions), DecisionRow.Table.Rows(decisions), EventBlock.Table.Rows(EventBlock.Number(messages, firstEvent))], CancellationToken.None);
        await using DbCommand counter = session.CreateCommand(
            "INSERT INTO event_counters (namespace, last_event_id) VALUES (@namespace, @last) ON CONFLICT (namespace) DO UPDATE SET last_event_id = excluded.last_event_id");
        await counter.With(session.Kind, "namespace", @namespace).With(session.Kind, "last", firstEvent + count - 1).ExecuteNonQueryAsync();
        await session.CommitAsync(CancellationToken.None);
        return ids;
    }
}
