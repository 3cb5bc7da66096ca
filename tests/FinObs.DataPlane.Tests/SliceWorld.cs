using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Tree;
using FinObs.DataPlane.Audit.Verification;
using FinObs.DataPlane.Operations;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using FinObs.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace FinObs.DataPlane.Tests;

/// <summary>All services of the data plane on a database of its own, without web server and workers, in a time that passes when the test says so.</summary>
internal sealed class SliceWorld : IAsyncDisposable
{
    private readonly ServiceProvider _provider;
    private readonly TemporaryFolder _folder;
    private readonly IAsyncDisposable? _database;

    private SliceWorld(ServiceProvider provider, FakeTimeProvider time, TemporaryFolder folder, IAsyncDisposable? database)
    {
        (_provider, Time, _folder, _database) = (provider, time, folder, database);
        Database = provider.GetRequiredService<IDatabase>();
    }

    public static TheoryData<DatabaseKind> Databases => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    public FakeTimeProvider Time { get; }

    public IDatabase Database { get; }

    public IServiceProvider Services => _provider;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <param name="kind">Of the new database.</param>
    /// <param name="add">Services of the test's own.</param>
    /// <param name="settings">By key; there is no model unless they say so.</param>
    public static async Task<SliceWorld> StartAsync(DatabaseKind kind, Action<IServiceCollection>? add = null, params (string Key, string Value)[] settings)
    {
        TemporaryFolder folder = new();
        TestDatabase? database = kind == DatabaseKind.PostgreSql ? await PostgreSqlServer.CreateDatabaseAsync() : null;
        FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));
        Dictionary<string, string?> values = new()
        {
            ["ConnectionStrings:FinObs"] = database?.ConnectionString ?? $"Data Source={Path.Combine(folder.FullPath, "finobs.db")};Pooling=False",
            ["Storage:DataFolder"] = folder.FullPath,
            ["Models:BuiltIn"] = "false",
        };
        foreach ((string key, string value) in settings)
        {
            values[key] = value;
        }

        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        ServiceCollection services = new();
        services.AddLogging();
        services.AddSingleton(configuration);
        FinObsHost.AddFinObs(services, configuration);
        services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time));
        add?.Invoke(services);
        ServiceProvider provider = services.BuildServiceProvider();
        await provider.GetRequiredService<Readiness>().PrepareAsync(Stop);
        return new SliceWorld(provider, time, folder, database);
    }

    public T Get<T>()
        where T : notnull => _provider.GetRequiredService<T>();

    /// <summary>Gives every event and every leaf its number, and signs.</summary>
    public async Task SequenceAsync()
    {
        Sequencer sequencer = Get<Sequencer>();
        while ((await sequencer.RunAsync(Stop))!.Drained > 0)
        {
            // Until nothing is left.
        }

        Time.Advance(TimeSpan.FromSeconds(2));
        await sequencer.RunAsync(Stop);
    }

    /// <summary>All events of a namespace.</summary>
    public async Task<List<StreamEvent>> EventsAsync()
    {
        await SequenceAsync();
        return await Get<EventLog>().ReadAsync("default", 0, EventLog.MaxPage, Stop);
    }

    /// <summary>The leaves of a kind as text, in order.</summary>
    public async Task<List<string>> LeavesAsync(string kind)
    {
        await using FinObsDbContext db = Database.CreateContext();
        return [.. (await db.AuditLeaves.Where(leaf => leaf.Kind == kind).OrderBy(leaf => leaf.Id).ToListAsync(Stop)).Select(leaf => System.Text.Encoding.UTF8.GetString(leaf.Leaf))];
    }

    /// <summary>Everything is as it was signed, live rows included.</summary>
    public async Task VerifyAsync()
    {
        await SequenceAsync();
        VerificationReport report = await Get<DatabaseVerifier>().VerifyAsync(null, [], Stop);
        Assert.True(report.Lies == 0, string.Join('\n', report.Findings.Select(finding => $"{finding.Where}: {finding.What}")));
        Assert.True(report.Leaves > 0);
    }

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }

        _folder.Dispose();
    }
}
