using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Transactions;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Transactions;

/// <summary>Alternatives that are asked about together are decided as each alone.</summary>
public sealed class CheckApartTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task Each_alternative_is_decided_as_if_there_were_none_beside_it(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);
        await host.PostAsync("[" + string.Join(',', Enumerable.Range(0, 30).Select(i => $$"""{"transaction_id":"h-{{i}}","amount":{{20 + (i % 7)}},"type":"card","account":"acc","counterparty":"shop-{{i % 3}}","timestamp":"2026-01-{{1 + i:00}}T10:00:00Z"}""")) + "]");
        TransactionChecker checker = host.Services.GetRequiredService<TransactionChecker>();
        NewTransaction one = One();
        decimal[] amounts = [0.01m, 21, 500, 9_800, 60_000, 1_000_000];
        NewTransaction[] alternatives = [.. amounts.Select(amount => one with { Amount = amount })];

        TransactionOutcome.Scored[] together = [.. await checker.CheckApartAsync("default", alternatives, withReasons: true, TestContext.Current.CancellationToken)];
        TransactionOutcome.Scored[] cheap = [.. await checker.CheckApartAsync("default", alternatives, withReasons: false, TestContext.Current.CancellationToken)];
        List<TransactionOutcome.Scored> alone = [];
        foreach (NewTransaction alternative in alternatives)
        {
            alone.Add((TransactionOutcome.Scored)(await checker.CheckAsync("default", [new TransactionItem.Valid(alternative)], progressed: null, TestContext.Current.CancellationToken))[0].Outcome);
        }

        Assert.Equal(alone.Select(Told), together.Select(Told));
        Assert.Equal(alone.Select(answer => (answer.Result.Decision, answer.Result.AnomalyScore)), cheap.Select(answer => (answer.Result.Decision, answer.Result.AnomalyScore)));
        Assert.Equal(alone.Select(answer => answer.Result.RiskFactors), together.Select(answer => answer.Result.RiskFactors));
        Assert.True(together.Select(answer => answer.Result.Decision).Distinct().Count() > 1);

        // Sent one after the other they would not be: each would see those before it.
        NewTransaction[] others = [.. alternatives.Select((alternative, i) => alternative with { TransactionId = $"other-{i}", IdempotencyKeyHash = [.. Enumerable.Repeat((byte)i, 32)] })];
        var inOrder = await checker.CheckAsync("default", [.. others.Select(other => new TransactionItem.Valid(other))], progressed: null, TestContext.Current.CancellationToken);
        Assert.NotEqual(together.Select(answer => answer.Result.AnomalyScore), inOrder.Select(answer => ((TransactionOutcome.Scored)answer.Outcome).Result.AnomalyScore));
    }

    private static (object Decision, double? Score, string Model) Told(TransactionOutcome.Scored answer) => (answer.Result.Decision, answer.Result.AnomalyScore, answer.Result.ModelVersion);

    private static NewTransaction One() => new()
    {
        TransactionId = "one",
        IdempotencyKeyHash = new byte[32],
        BodyHash = new byte[32],
        AccountId = "acc",
        CounterpartyId = "shop-1",
        Type = "card",
        Amount = 1,
        Currency = "USD",
        OccurredAt = new DateTimeOffset(2026, 2, 2, 10, 0, 0, TimeSpan.Zero),
    };
}
