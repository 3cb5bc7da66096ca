using FinObs.DataPlane.Demo;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FinObs.DataPlane.Tests.Demo;

public sealed class DemoSeederTests
{
    private const int Count = 4_500;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 22, 46, 10, TimeSpan.Zero));

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task A_history_is_loaded_once_however_often_the_host_starts(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);

        await LoadAsync(host);
        _time.Advance(TimeSpan.FromDays(3));
        await LoadAsync(host);

        Assert.Equal(Count, await CountAsync(host));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task A_load_that_was_cut_off_is_completed_by_the_next_start(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);
        using var stopped = new CancellationTokenSource();
        var cutOff = new CutOffPipeline(host.Services.GetRequiredService<ITransactionPipeline>(), stopped);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Seeder(host, cutOff).LoadHistoryAsync(stopped.Token));
        Assert.Equal(2_000, await CountAsync(host));

        _time.Advance(TimeSpan.FromHours(5));
        await LoadAsync(host);

        Assert.Equal(Count, await CountAsync(host));
        Assert.Equal(1, await HistoriesAsync(host));
    }

    [Fact]
    public async Task Labels_are_kept_beside_the_history()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);

        await LoadAsync(host);

        await using FinObsDbContext db = host.Services.GetRequiredService<IDatabase>().CreateContext();
        Assert.True(await db.Transactions.CountAsync(t => t.Label == true, TestContext.Current.CancellationToken) > 0);
        Assert.Equal(0, await db.Transactions.CountAsync(t => t.Label == null, TestContext.Current.CancellationToken));
    }

    private Task LoadAsync(TestDataPlane host) =>
        Seeder(host, host.Services.GetRequiredService<ITransactionPipeline>()).LoadHistoryAsync(TestContext.Current.CancellationToken);

    private DemoSeeder Seeder(TestDataPlane host, ITransactionPipeline pipeline) => new(
        pipeline, new DemoState(host.Services.GetRequiredService<IDatabase>()), Options.Create(new DemoOptions { Transactions = Count }), _time, NullLogger<DemoSeeder>.Instance);

    private static async Task<int> CountAsync(TestDataPlane host)
    {
        await using FinObsDbContext db = host.Services.GetRequiredService<IDatabase>().CreateContext();
        return await db.Transactions.CountAsync(t => t.Source == DemoHistory.Source, TestContext.Current.CancellationToken);
    }

    private static async Task<int> HistoriesAsync(TestDataPlane host)
    {
        await using FinObsDbContext db = host.Services.GetRequiredService<IDatabase>().CreateContext();
        string[] ids = await db.Transactions.Select(t => t.TransactionId).ToArrayAsync(TestContext.Current.CancellationToken);
        return ids.Select(DemoHistory.OfId).Distinct().Count();
    }

    /// <summary>Stops the host after the first chunk.</summary>
    private sealed class CutOffPipeline(ITransactionPipeline inner, CancellationTokenSource stop) : ITransactionPipeline
    {
        public async Task<IReadOnlyList<TransactionOutcome>> SubmitAsync(TransactionBatch batch, CancellationToken ct)
        {
            ct.ThrowIfCancellationRequested();
            IReadOnlyList<TransactionOutcome> outcomes = await inner.SubmitAsync(batch, ct);
            await stop.CancelAsync();
            return outcomes;
        }
    }
}
