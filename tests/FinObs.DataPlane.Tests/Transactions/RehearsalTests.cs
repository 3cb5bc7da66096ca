using System.Diagnostics;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Telemetry;
using FinObs.DataPlane.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Transactions;

/// <summary>Before the first transaction one is taken the whole way, and nothing comes of it.</summary>
public class RehearsalTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task It_takes_every_step_and_leaves_no_trace(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);
        List<string> steps = [];
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name == FinObsTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                lock (steps)
                {
                    steps.Add(span.OperationName);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);

        await host.Services.GetRequiredService<Rehearsal>().RunAsync("default", TestContext.Current.CancellationToken);

        lock (steps)
        {
            Assert.Superset(new HashSet<string> { Steps.Idempotency, Steps.Profiles, Steps.Features, Steps.Score, Steps.Decide, Steps.Seal }, steps.ToHashSet());
        }

        await using FinObsDbContext db = host.Services.GetRequiredService<IDatabase>().CreateContext();
        Assert.Equal(0, await db.Transactions.CountAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, await db.Idempotency.CountAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, await db.AccountProfiles.CountAsync(TestContext.Current.CancellationToken));
        Assert.DoesNotContain(await db.AuditLeaves.ToListAsync(TestContext.Current.CancellationToken), leaf => leaf.Kind == DecisionPayload.Kind);
    }
}
