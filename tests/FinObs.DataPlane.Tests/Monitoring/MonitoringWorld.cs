using System.Globalization;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Monitoring;
using FinObs.DataPlane.Monitoring.Windows;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Models;
using FinObs.DataPlane.Transactions;
using FinObs.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Monitoring;

/// <summary>A built-in model that decides; what is sent is counted once the test says so, by as many replicas as it likes.</summary>
internal sealed class MonitoringWorld(SliceWorld slice, TemporaryFolder folder) : IAsyncDisposable
{
    private int _sent;

    public SliceWorld Slice => slice;

    public VersionWindows Windows => slice.Get<VersionWindows>();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<MonitoringWorld> StartAsync(DatabaseKind kind, bool model = true)
    {
        TemporaryFolder folder = new();
        string artifact = Path.Combine(folder.FullPath, "model.zip");
        await File.WriteAllBytesAsync(artifact, TrainedModels.Named("fraud", "1.0.0").ToZip(), Stop);
        (string Key, string Value)[] settings = model ? [("Models:Artifact", artifact)] : [];
        return new(await SliceWorld.StartAsync(kind, null, settings), folder);
    }

    /// <summary>The consumer of another replica: nothing in its memory yet.</summary>
    public WindowConsumer NewReplica(IDatabase? database = null)
    {
        WindowLayouts layouts = new(slice.Database, slice.Get<ModelLibrary>());
        return ActivatorUtilities.CreateInstance<WindowConsumer>(slice.Services, database ?? slice.Database, layouts);
    }

    /// <summary>Sends so many transactions of growing amounts, and gives their events numbers.</summary>
    public async Task SendAsync(int count)
    {
        TransactionItem[] items = [.. Enumerable.Range(0, count).Select(i => new TransactionRequest
        {
            TransactionId = $"t-{++_sent}",
            Account = $"a-{_sent % 7}",
            Type = "card",
            Amount = (1 + (_sent * _sent % 9973)).ToString(CultureInfo.InvariantCulture),
            Currency = "USD",
            Timestamp = slice.Time.GetUtcNow().UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        }.Validate(new TransactionRequestContext(slice.Time.GetUtcNow(), null, i)))];
        await slice.Get<TransactionPipeline>().ProcessAsync(new TransactionChunk("default", [.. items.Select(item => new ChunkItem(item, "webhook", "0af7651916cd43dd8448eb211c80319c"))], []), Stop);
        await slice.SequenceAsync();
    }

    /// <summary>Until every event is counted.</summary>
    public static async Task DrainAsync(WindowConsumer consumer)
    {
        while (await consumer.RunAsync(Stop) is not 0)
        {
            // A page a namespace.
        }
    }

    public async Task<WindowCounts> AllAsync(WindowRole role = WindowRole.Decided) => await Windows.ReadAsync("default", await VersionAsync(), role, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, Stop);

    public async Task<long> VersionAsync()
    {
        await using FinObsDbContext db = slice.Database.CreateContext();
        return await db.ModelVersions.Select(row => row.Id).SingleOrDefaultAsync(Stop);
    }

    /// <summary>What is in the ledger, to be compared with.</summary>
    public async Task<List<DecisionRow>> DecisionsAsync()
    {
        await using FinObsDbContext db = slice.Database.CreateContext();
        return await db.Decisions.OrderBy(row => row.Id).ToListAsync(Stop);
    }

    public async ValueTask DisposeAsync()
    {
        await slice.DisposeAsync();
        folder.Dispose();
    }
}
