using FinObs.DataPlane.Demo.Simulation;
using FinObs.DataPlane.Ingestion;
using FinObs.DataPlane.Transactions;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Demo;

/// <summary>Loads the demo's history once, however often the host is started or killed meanwhile, then feeds live transactions. The web server answers
/// from the first moment on: the demo is one more client of the pipeline.</summary>
internal sealed partial class DemoSeeder(
    ITransactionPipeline pipeline, DemoState state, IOptions<DemoOptions> options, TimeProvider time, ILogger<DemoSeeder> logger) : BackgroundService
{
    private const string LiveSource = "demo-live";
    private const int ChunkItems = 2_000;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await UntilItWorks(LoadHistoryAsync, stoppingToken);
            if (options.Value.LiveTransactionsPerSecond > 0)
            {
                await FeedAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; the next start goes on from here.
        }
    }

    /// <summary>Loads what is missing of the history.</summary>
    public async Task LoadHistoryAsync(CancellationToken ct)
    {
        (DemoHistory? found, int loaded) = await state.FindAsync(ct);
        DemoHistory history = found ?? DemoHistory.EndingAt(time.GetUtcNow(), options.Value.Transactions);
        if (loaded >= history.Count)
        {
            return;
        }

        await ConsoleProgress.RunAsync($"Loading {history.Count:N0} demo transactions", history.Count, report => SubmitAsync(history, loaded, report, ct));
        Loaded(logger, history.Count);
    }

    private async Task SubmitAsync(DemoHistory history, int loaded, Action<long> report, CancellationToken ct)
    {
        // Chunks are stored in order and whole; one that was cut off is sent again, and what it had stored is not stored twice.
        int done = loaded - (loaded % ChunkItems);
        foreach (SimulatedTransaction[] chunk in history.Transactions().Skip(done).Chunk(ChunkItems))
        {
            TransactionItem[] items = [.. chunk.Select((t, i) => Item(t, isHistory: true, i))];
            await pipeline.SubmitPatientlyAsync(new TransactionBatch(IngestQuery.DefaultNamespace, DemoHistory.Source, "demo", items), time, ct);
            report(done += chunk.Length);
        }
    }

    private async Task FeedAsync(CancellationToken ct)
    {
        DateTimeOffset start = time.GetUtcNow();
        var traffic = new LiveTraffic(new SimulatedBank(Simulator.DefaultSeed, options.Value.Transactions), (ulong)start.ToUnixTimeSeconds());
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / options.Value.LiveTransactionsPerSecond), time);
        while (await timer.WaitForNextTickAsync(ct))
        {
            TransactionItem item = Item(traffic.Next(time.GetUtcNow()), isHistory: false, 0);
            await UntilItWorks(
                token => pipeline.SubmitPatientlyAsync(new TransactionBatch(IngestQuery.DefaultNamespace, LiveSource, "demo", [item]), time, token), ct);
        }
    }

    // Only history knows how it ended; a live transaction has yet to be looked into.
    private TransactionItem Item(SimulatedTransaction transaction, bool isHistory, long index)
    {
        TransactionRequest request = DemoRequests.Of(transaction) with { Label = isHistory ? transaction.IsFraud : null };
        return request.Validate(new TransactionRequestContext(time.GetUtcNow(), null, index));
    }

    private async Task UntilItWorks(Func<CancellationToken, Task> work, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await work(ct);
                return;
            }
            catch (Exception e) when (PipelineProblems.Describe(e) is not null)
            {
                Waiting(logger, e.Message);
                await Task.Delay(RetryAfter, time, ct);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The demo's {Count} transactions are loaded.")]
    private static partial void Loaded(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The demo waits for the database: {Why}")]
    private static partial void Waiting(ILogger logger, string why);
}
