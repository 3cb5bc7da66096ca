using FinObs.Contracts.Transactions;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Rollout.Shadow;
using FinObs.Scoring.Experiments;

namespace FinObs.DataPlane.Transactions;

/// <summary>Offers what was committed to the versions in shadow.</summary>
internal static class ShadowOffers
{
    private const string Salt = "shadow";

    public static void Offer(ShadowQueue queue, DecidedChunk chunk)
    {
        foreach (ShadowModel shadow in chunk.Models.Traffic.Shadows)
        {
            int[] rows = [.. Enumerable.Range(0, chunk.Plan.Fresh.Count).Where(i => IsWanted(chunk, shadow, i))];
            if (rows.Length > 0)
            {
                FeatureMatrix matrix = chunk.Features.Of(shadow.Model);
                float[] features = rows.Length == chunk.Plan.Fresh.Count ? matrix.Values : matrix.Gather(rows);
                queue.Offer(new ShadowBatch(chunk.Namespace, shadow.Model, [.. rows.Select(i => ItemOf(chunk, i))], features));
            }
        }
    }

    /// <summary>Not what that version has decided itself; of the rest the share that was asked for, by account, so that an account's history is whole or absent.</summary>
    private static bool IsWanted(DecidedChunk chunk, ShadowModel shadow, int index) =>
        chunk.Scored.Model(index)?.VersionId != shadow.Model.VersionId
        && (shadow.Percent >= 100
            || Assignment.BucketOf(Salt, "sample", chunk.Transaction(index).AccountId ?? chunk.Transaction(index).TransactionId) < shadow.Percent * (Assignment.Buckets / 100));

    private static ShadowItem ItemOf(DecidedChunk chunk, int index)
    {
        bool isScored = chunk.Scored.Usable(index);
        Decision decided = DecisionMaker.ByModel(chunk.Scored, index);
        return new ShadowItem(chunk.Transaction(index).Id, chunk.Transaction(index).ReceivedAt, chunk.Scored.Model(index)?.VersionId, isScored ? chunk.Scored.Scores[index] : null, decided);
    }
}
