using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Rollout;
using FinObs.DataPlane.Rollout.Shadow;
using FinObs.DataPlane.Tests.Models;
using FinObs.Scoring;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Features;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Tests.Rollout;

/// <summary>Between payments and comparisons.</summary>
public sealed class ShadowQueueTests
{
    [Fact]
    public void What_does_not_fit_is_dropped_and_counted_and_there_is_room_again_once_some_is_taken()
    {
        ShadowQueue queue = new(Options.Create(new RolloutOptions { ShadowCapacity = 100 }));
        ShadowBatch batch = Batch(60);

        Assert.True(queue.Offer(batch));
        Assert.False(queue.Offer(batch));
        Assert.Equal((60, 60), (queue.Waiting, queue.Dropped));

        Assert.True(queue.Reader.TryRead(out ShadowBatch? taken));
        queue.Taken(taken);
        Assert.True(queue.Offer(batch));
        Assert.Equal((60, 60), (queue.Waiting, queue.Dropped));
    }

    private static ShadowBatch Batch(int rows)
    {
        ModelArtifact artifact = TrainedModels.Named("fraud", "2.0.0");
        IScoringModel scorer = artifact.Open();
        RoutedModel model = new(new EngineIdentity(1, "fraud", "2.0.0", artifact.Digest, "here", DecisionThresholds.Default), scorer, new FeatureExtractor(scorer.Manifest.Features));
        return new ShadowBatch("default", model, [.. Enumerable.Range(0, rows).Select(_ => new ShadowItem(Guid.Empty, default, 1, 0.5, Decision.Approve))], new float[rows * scorer.FeatureCount]);
    }
}
