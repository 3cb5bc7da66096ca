using FinObs.Contracts.Resources.ModelVersions;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Tests.Models;
using FinObs.DataPlane.Transactions;
using FinObs.Scoring;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Explanation;
using FinObs.Scoring.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace FinObs.DataPlane.Tests.Transactions;

/// <summary>A chunk of which two versions decide a part each.</summary>
public sealed class SharedTrafficTests
{
    private const int Count = 400;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_row_gets_what_its_version_alone_would_give_it()
    {
        RoutedModel stable = Trained("1.0.0"), candidate = Trained("2.0.0");
        RowModels models = RowModels.Of(Shared(stable, candidate), Rows());
        FeatureRows features = Features(models.Traffic);

        ScoredRows shared = await ScoredRows.ScoreAsync(models, features, Count, NullLogger.Instance, Stop);
        ScoredRows alone = await ScoredRows.ScoreAsync(RowModels.All(stable), features, Count, NullLogger.Instance, Stop);

        Assert.InRange(Enumerable.Range(0, Count).Count(i => shared.Model(i) == candidate), Count / 3, Count * 2 / 3);
        for (int i = 0; i < Count; i++)
        {
            Assert.Same(models[i], shared.Model(i));
            Assert.Equal(alone.Margins[i], shared.Margins[i]); // the same trees under two names
        }
    }

    [Fact]
    public async Task What_a_version_on_trial_cannot_score_the_stable_one_decides_and_the_failure_is_counted()
    {
        RoutedModel stable = Trained("1.0.0"), whole = Trained("2.0.0");
        RoutedModel broken = new(whole.Identity, new BrokenModel(whole.Scorer), whole.Extractor) { VersionId = 2 };
        RowModels models = RowModels.Of(Shared(stable, broken), Rows());

        ScoredRows scored = await ScoredRows.ScoreAsync(models, Features(models.Traffic), Count, NullLogger.Instance, Stop);

        int own = Enumerable.Range(0, Count).Count(i => models[i] == broken);
        Assert.InRange(own, Count / 3, Count * 2 / 3);
        Assert.All(Enumerable.Range(0, Count), i => Assert.Same(stable, scored.Model(i)));
        Assert.Equal((own, 0), (broken.Health.Failed, broken.Health.Scored));
        Assert.Equal(Count, stable.Health.Scored);
    }

    [Fact]
    public void An_account_stays_with_its_version_and_what_has_none_is_on_its_own()
    {
        RoutedTraffic traffic = Shared(Trained("1.0.0"), Trained("2.0.0"));
        FreshTransaction[] same = [.. Enumerable.Range(0, 100).Select(i => Row(i, "one-account"))], none = [.. Enumerable.Range(0, 100).Select(i => Row(i, null))];

        Assert.Single(Enumerable.Range(0, 100).Select(i => RowModels.Of(traffic, same)[i]).Distinct());
        Assert.Equal(2, Enumerable.Range(0, 100).Select(i => RowModels.Of(traffic, none)[i]).Distinct().Count());
    }

    [Fact]
    public void What_one_version_would_decide_it_explains_and_what_several_would_the_stable_one()
    {
        RoutedModel stable = Trained("1.0.0"), candidate = Trained("2.0.0");
        RoutedTraffic traffic = Shared(stable, candidate);
        NewTransaction[] all = [.. Rows().Select(row => Asked(row.Row.AccountId))];

        Assert.All(all, one => Assert.Same(traffic.Shares!.Of(one.AccountId!) ?? stable, TransactionExplainer.ModelOf(traffic, [one])));
        Assert.Same(stable, TransactionExplainer.ModelOf(traffic, all));
        Assert.Same(stable, TransactionExplainer.ModelOf(traffic.Alone, all[..1]));
    }

    private static NewTransaction Asked(string? account) => new()
    {
        TransactionId = "asked",
        IdempotencyKeyHash = [],
        BodyHash = [],
        AccountId = account,
        Type = "card",
        Amount = 12,
        Currency = "USD",
        OccurredAt = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
    };

    private static RoutedTraffic Shared(RoutedModel stable, RoutedModel candidate) =>
        new(stable) { Shares = new TrafficShares("salt", UnitKey.AccountId, 10_000, [5_000, 5_000], [null, candidate]) };

    private static RoutedModel Trained(string version)
    {
        ModelArtifact artifact = TrainedModels.Named("fraud", version);
        IScoringModel scorer = artifact.Open();
        return new RoutedModel(new EngineIdentity(1, "fraud", version, artifact.Digest, "here", DecisionThresholds.Default), scorer, new FeatureExtractor(scorer.Manifest.Features)) { VersionId = version[0] - '0' };
    }

    private static FreshTransaction[] Rows() => [.. Enumerable.Range(0, Count).Select(i => Row(i, $"account-{i}"))];

    private static FeatureRows Features(RoutedTraffic traffic)
    {
        FreshTransaction[] rows = Rows();
        LedgerUnits units = new(new LedgerOptions());
        return FeatureRows.Extract(rows, rows.ToDictionary(row => row.Row.AccountId!, row => new WorkingProfile(new AccountKey("default", row.Row.AccountId!), new AccountProfile(), 0, null)), units, traffic, rules: null);
    }

    private static FreshTransaction Row(int index, string? account) => new(index, null!, null!, Guid.Empty, new TransactionRow
    {
        Namespace = "default",
        Source = "test",
        TransactionId = $"t-{index}",
        AccountId = account,
        Type = "card",
        Amount = 1 + (index * 37 % 500),
        Currency = "USD",
        OccurredAt = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero),
        ReceivedAt = new DateTimeOffset(2026, 3, 1, 12, 0, 1, TimeSpan.Zero),
    });

    private sealed class BrokenModel(IScoringModel inner) : IScoringModel
    {
        public ModelManifest Manifest => inner.Manifest;

        public string Digest => inner.Digest;

        public string EngineFingerprint => inner.EngineFingerprint;

        public int FeatureCount => inner.FeatureCount;

        public void Score(ReadOnlySpan<float> rows, Span<double> margins, Span<double> scores) => throw new InvalidOperationException("broken");

        public ScoreExplanation Explain(ReadOnlySpan<float> row) => throw new InvalidOperationException("broken");

        public void Dispose() => inner.Dispose();
    }
}
