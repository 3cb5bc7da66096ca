using FinObs.Scoring.Boosting;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.Evaluation;
using FinObs.Scoring.Trees;

namespace FinObs.Scoring.Training;

/// <summary>Grows the boosted member on reviews, and decides whether and how much of it joins.</summary>
/// <remarks>
/// People review what scores highest, so reviews alone say nothing about ordinary transactions: up to 10,000 rows of the window, at a tenth of a review's weight, stand for those.
/// In the units in which the upper 1 % of both terms lie equally far from their means, margin and member are blended 1 - s to s, s = 0.7 · min(1, √(reviews / 1,000)): with few reviews the member
/// only bends the unsupervised margin, with many it never replaces it, since what nobody has reviewed yet only the margin can see. It joins where the blend ranks reviews it has not seen (five blocks by time) no worse than the margin without it.
/// </remarks>
internal static class SupervisedTraining
{
    /// <summary>Fewer reviews, or fewer of either outcome, are stories and no statistics.</summary>
    public const int LeastReviews = 100;

    /// <summary>See <see cref="LeastReviews"/>.</summary>
    public const int LeastOfEither = 20;

    /// <summary>From so many reviews on the member has its full share.</summary>
    public const int FullReviews = 1_000;

    /// <summary>The full share.</summary>
    public const double FullShare = 0.7;

    private const int MostBackground = 10_000;
    private const double BackgroundWeight = 0.1;
    private const int Folds = 5;

    /// <summary>Share of the member in the blend.</summary>
    public static double ShareOf(int reviews) => FullShare * Math.Min(1, Math.Sqrt(reviews / (double)FullReviews));

    /// <summary>The evaluator with the member, or as it was where the member does not join.</summary>
    /// <param name="unsupervised">Forest and autoencoder, weighed.</param>
    /// <param name="window">Rows of the window, without confirmed frauds.</param>
    /// <param name="reviews">What people found.</param>
    /// <param name="options">How to grow.</param>
    /// <param name="cancellationToken">Gives up between trees.</param>
    public static EnsembleEvaluator Join(EnsembleEvaluator unsupervised, ReadOnlySpan<float> window, ReviewedRows reviews, BoostingOptions options, CancellationToken cancellationToken)
    {
        int legitimate = reviews.Frauds.Length - reviews.FraudCount;
        if (reviews.Reviews < LeastReviews || reviews.FraudCount < LeastOfEither || legitimate < LeastOfEither)
        {
            return unsupervised;
        }

        int features = unsupervised.FeatureCount;
        float[] background = Spaced(window, features);
        double[] before = new double[reviews.Frauds.Length], after = new double[before.Length], ordinary = new double[background.Length / features];
        unsupervised.Margins(reviews.Rows.Span, before);
        unsupervised.Margins(background, ordinary);
        double tail = UpperTail(ordinary), share = ShareOf(reviews.Reviews);
        for (int fold = 0; fold < Folds; fold++)
        {
            (int from, int to) = (before.Length * fold / Folds, before.Length * (fold + 1) / Folds);
            if (Grow(reviews, from, to, background, features, options, cancellationToken) is { } other)
            {
                (double perOdds, double mean) = WeightOf(other, background, tail, share);
                other.Terms(reviews.Rows.Span[(from * features)..(to * features)], after.AsSpan(from, to - from));
                for (int i = from; i < to; i++)
                {
                    after[i] = before[i] + (perOdds * (after[i] - mean));
                }
            }
            else
            {
                before.AsSpan(from, to - from).CopyTo(after.AsSpan(from));
            }
        }

        double seen = new RankedScores(before, reviews.Frauds).AveragePrecision(), blended = new RankedScores(after, reviews.Frauds).AveragePrecision();
        if (!(blended >= seen) || Grow(reviews, 0, 0, background, features, options, cancellationToken) is not { } member)
        {
            return unsupervised;
        }

        (double weight, double reference) = WeightOf(member, background, tail, share);
        SupervisedParameters parameters = new(weight, reference, share, reviews.Reviews, reviews.FraudCount, blended, seen);
        return new EnsembleEvaluator(unsupervised.Forest, unsupervised.Autoencoder, unsupervised.Parameters with { Supervised = parameters }, member);
    }

    /// <summary>Grown on all reviews but some, and on the background; null where nothing can be told apart.</summary>
    private static BoostedMember? Grow(ReviewedRows reviews, int without, int upTo, float[] background, int features, BoostingOptions options, CancellationToken cancellationToken)
    {
        int reviewed = reviews.Frauds.Length - (upTo - without), ordinary = background.Length / features;
        float[] rows = [.. reviews.Rows.Span[..(without * features)], .. reviews.Rows.Span[(upTo * features)..], .. background];
        bool[] frauds = [.. reviews.Frauds[..without], .. reviews.Frauds[upTo..], .. new bool[ordinary]];
        double[] weights = new double[frauds.Length], logOdds = new double[frauds.Length];
        double total = 0, bad = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = i >= reviewed ? BackgroundWeight : frauds[i] ? 1 : reviews.LegitimateWeight;
            total += weights[i];
            bad += frauds[i] ? 1 : 0;
        }

        Array.Fill(logOdds, Math.Log((bad + 0.5) / (total - bad + 0.5)));
        Tree[] trees = BoostingTrainer.Train(new FeatureCuts(rows, frauds.Length, features), frauds, weights, logOdds, options, cancellationToken);
        // As the forest's, the base of an explanation is what is ordinary, not what is reviewed.
        return trees.Length == 0 ? null : new BoostedMember(TreeCover.Count(trees, background, features), features);
    }

    private static (double Weight, double Reference) WeightOf(BoostedMember member, float[] background, double tail, double share)
    {
        double[] terms = new double[background.Length / member.FeatureCount];
        member.Terms(background, terms);
        double own = UpperTail(terms);
        return (own > 1e-9 ? share / (1 - share) * tail / own : 0, terms.Average());
    }

    /// <summary>Mean distance of the upper 1 % from the mean.</summary>
    private static double UpperTail(double[] values)
    {
        double[] sorted = [.. values];
        Array.Sort(sorted);
        return sorted[^Math.Max(1, sorted.Length / 100)..].Average() - values.Average();
    }

    private static float[] Spaced(ReadOnlySpan<float> window, int features)
    {
        int count = window.Length / features, taken = Math.Min(MostBackground, count);
        float[] rows = new float[taken * features];
        for (int i = 0; i < taken; i++)
        {
            window.Slice((int)((long)i * count / taken) * features, features).CopyTo(rows.AsSpan(i * features));
        }

        return rows;
    }
}
