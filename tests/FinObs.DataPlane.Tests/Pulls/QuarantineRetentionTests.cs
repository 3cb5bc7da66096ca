using System.Text.Json;
using FinObs.Contracts.Resources;
using FinObs.DataPlane.Pulls.Store;
using FinObs.DataPlane.Resources;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Transactions;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Tests.Pulls;

/// <summary>What nobody settles goes, in time and on the record.</summary>
public sealed class QuarantineRetentionTests
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task Old_items_go_a_source_at_a_time_each_with_a_leaf_and_young_ones_stay(DatabaseKind kind)
    {
        await using SliceWorld world = await SliceWorld.StartAsync(kind, services => FinObs.DataPlane.Pulls.PullServices.AddPulls(services, new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build()));
        (Quarantine quarantine, PullStore store) = (world.Get<Quarantine>(), world.Get<PullStore>());
        await AddAsync(quarantine, "bank", 1_100, "old");
        await AddAsync(quarantine, "cards", 3, "old");
        world.Time.Advance(TimeSpan.FromDays(29));
        await AddAsync(quarantine, "bank", 2, "young");
        Assert.Equal(0, await store.ExpireAsync(world.Time.GetUtcNow() - Kept, Kept, Stop));
        world.Time.Advance(TimeSpan.FromDays(2));

        int[] expired = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => store.ExpireAsync(world.Time.GetUtcNow() - Kept, Kept, Stop))));
        int rest = await store.ExpireAsync(world.Time.GetUtcNow() - Kept, Kept, Stop);

        Assert.Equal(1_103, expired.Sum() + rest);
        await using FinObsDbContext db = world.Database.CreateContext();
        Assert.Equal(2, await db.PullQuarantine.CountAsync(Stop));
        List<PullChangeRow> changes = await db.PullChanges.OrderBy(row => row.Id).ToListAsync(Stop);
        Assert.All(changes, change => Assert.Equal((PullActions.ItemsExpired, "pulls"), (change.Action, change.Actor)));
        Assert.Equal(["bank", "bank", "cards"], changes.Select(change => change.Name).Order());
        Assert.Equal(1_103, changes.Sum(change => int.Parse(change.Detail!.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)));
        await world.SequenceAsync();
        await world.VerifyAsync();
    }

    private static Task<bool> AddAsync(Quarantine quarantine, string source, int count, string what) => quarantine.AddAsync(
        new ResourceKey("default", ResourceKinds.PullSource.Name, source),
        [.. Enumerable.Range(0, count).Select(i => new BadItem(JsonSerializer.SerializeToUtf8Bytes(new { id = $"{source}-{what}-{i}" }), new ItemError(ItemErrorCodes.AmountMissing, "It has no amount.")))],
        10_000, Stop);
}
