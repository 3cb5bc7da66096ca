using System.Text;
using System.Text.Json;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Storage;
using FinObs.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests;

/// <summary>The real host on a real port, with a database and a data folder of its own.</summary>
internal sealed class TestDataPlane : IAsyncDisposable
{
    private static readonly Lazy<string> BuiltInArtifact = new(TrainOnce);

    /// <summary>The built-in model as a folder.</summary>
    public static string ModelFolder => BuiltInArtifact.Value;

    private readonly WebApplication _app;
    private readonly List<IAsyncDisposable> _owned;

    private TestDataPlane(WebApplication app, string connectionString, List<IAsyncDisposable> owned)
    {
        _app = app;
        _owned = owned;
        ConnectionString = connectionString;
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Client = new HttpClient { BaseAddress = new Uri(address) };
    }

    public HttpClient Client { get; }

    public string ConnectionString { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts it on a new database, with the built-in model (trained once for all tests) unless the arguments say otherwise.</summary>
    public static async Task<TestDataPlane> StartAsync(DatabaseKind kind, params string[] args)
    {
        TemporaryFolder folder = new();
        List<IAsyncDisposable> owned = [new Owned(folder)];
        string connectionString = $"Data Source={Path.Combine(folder.FullPath, "finobs.db")};Pooling=False";
        if (kind == DatabaseKind.PostgreSql)
        {
            var database = await PostgreSqlServer.CreateDatabaseAsync();
            owned.Add(database);
            connectionString = database.ConnectionString;
        }

        return await StartAsync(connectionString, folder.FullPath, owned, args);
    }

    /// <summary>Starts it on a database that the caller owns.</summary>
    public static async Task<TestDataPlane> StartOnAsync(string connectionString, params string[] args)
    {
        TemporaryFolder folder = new();
        return await StartAsync(connectionString, folder.FullPath, [new Owned(folder)], args);
    }

    /// <summary>A second host on the same database and with the same keys.</summary>
    public Task<TestDataPlane> StartReplicaAsync(params string[] args) => StartAsync(ConnectionString, Services.GetRequiredService<DataFolder>().FullPath, [], args);

    private static async Task<TestDataPlane> StartAsync(string connectionString, string folder, List<IAsyncDisposable> owned, string[] args)
    {
        string[] model = args.Any(arg => arg.StartsWith("--Models:", StringComparison.Ordinal)) ? [] : ["--Models:Artifact", BuiltInArtifact.Value];
        WebApplication app = FinObsHost.Build(
        [
            "--urls", "http://127.0.0.1:0", "--environment", "Production", "--Storage:DataFolder", folder, "--ConnectionStrings:FinObs", connectionString,
            "--Demo:Enabled", "false", "--Cases:FromEvents", "false", "--Logging:LogLevel:Default", "Warning", "--Logging:LogLevel:Microsoft.Hosting.Lifetime", "Warning", .. model, .. args,
        ]);
        await app.StartAsync();
        return new TestDataPlane(app, connectionString, owned);
    }

    public async Task<HttpResponseMessage> SendAsync(string json)
    {
        using StringContent content = new(json, Encoding.UTF8, "application/json");
        return await Client.PostAsync(new Uri("/webhooks/transactions", UriKind.Relative), content);
    }

    /// <summary>Posts transactions and expects 200.</summary>
    public async Task<JsonElement> PostAsync(string json)
    {
        using HttpResponseMessage response = await SendAsync(json);
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {body}");
        return JsonDocument.Parse(body).RootElement;
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using HttpResponseMessage response = await Client.GetAsync(new Uri(path, UriKind.Relative));
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {body}");
        return JsonDocument.Parse(body).RootElement;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        foreach (IAsyncDisposable thing in Enumerable.Reverse(_owned))
        {
            await thing.DisposeAsync();
        }
    }

    private static string TrainOnce()
    {
        string folder = Path.Combine(Path.GetTempPath(), $"finobs-test-model-{Environment.ProcessId}");
        ServiceCollection services = new();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        FinObsHost.AddFinObs(services, new ConfigurationBuilder().Build());
        using ServiceProvider provider = services.BuildServiceProvider();
        provider.GetRequiredService<IBuiltInModel>().Train(CancellationToken.None).Save(folder);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }

    private sealed class Owned(IDisposable thing) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            thing.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
