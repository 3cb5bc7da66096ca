using System.Globalization;
using FinObs.DataPlane.Cases.Opening;
using FinObs.DataPlane.Cases.Store;
using FinObs.DataPlane.Cases.Work;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Cases;

/// <summary>No model, so that every transaction is for review: what is sent becomes cases once the test says so.</summary>
internal sealed class CaseWorld(SliceWorld slice) : IAsyncDisposable
{
    private int _sent;

    public SliceWorld Slice => slice;

    public CaseActions Actions => slice.Get<CaseActions>();

    public CaseConsumer Consumer => slice.Get<CaseConsumer>();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<CaseWorld> StartAsync(DatabaseKind kind, Action<IServiceCollection>? add = null, params (string Key, string Value)[] settings) =>
        new(await SliceWorld.StartAsync(kind, add, settings));

    /// <summary>Sends so many transactions of an account; returns our ids.</summary>
    public async Task<Guid[]> SendAsync(string? account, int count = 1, decimal amount = 12.5m)
    {
        TransactionItem[] items = [.. Enumerable.Range(0, count).Select(i => new TransactionRequest
        {
            TransactionId = $"t-{++_sent}",
            Account = account,
            Type = "card",
            Amount = amount.ToString(CultureInfo.InvariantCulture),
            Currency = "USD",
            Timestamp = slice.Time.GetUtcNow().UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        }.Validate(new TransactionRequestContext(slice.Time.GetUtcNow(), null, i)))];
        TransactionOutcome[] outcomes = await slice.Get<TransactionPipeline>().ProcessAsync(new TransactionChunk("default", [.. items.Select(item => new ChunkItem(item, "webhook", "0af7651916cd43dd8448eb211c80319c"))], []), Stop);
        return [.. outcomes.Select(outcome => Assert.IsType<TransactionOutcome.Scored>(outcome).Result.Id)];
    }

    /// <summary>Until every event has become whatever it becomes.</summary>
    public async Task ConsumeAsync()
    {
        await slice.SequenceAsync();
        while (await Consumer.RunAsync(Stop) is not 0)
        {
            // A page a namespace.
        }
    }

    public async Task<List<CaseRow>> CasesAsync()
    {
        await using FinObsDbContext db = slice.Database.CreateContext();
        return await db.Cases.OrderBy(row => row.Number).ToListAsync(Stop);
    }

    public async Task<CaseRow> CaseOfAsync(string account) => (await CasesAsync()).Last(row => row.Account == account);

    public async Task<CaseRow> DoneAsync(Guid id, CaseChange change, string actor = "user:one") => Assert.IsType<CaseOutcome.Done>(await Actions.DoAsync(id, null, actor, change, Stop)).Row;

    public ValueTask DisposeAsync() => slice.DisposeAsync();
}
