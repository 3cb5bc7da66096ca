using FinObs.Scoring;
using FinObs.Scoring.Training;

namespace FinObs.Retraining.Evaluation;

/// <summary>People review alerts: of the training part the highest-scored transactions and a few at random get their labels. As in a retraining, its first fifth only fills histories.</summary>
internal sealed class ReviewSimulation(TransactionTable table, float[] rows, int train, int features, int reviews)
{
    private const double HistoryShare = 0.2;

    /// <summary>One review in twenty is of a transaction that was no alert.</summary>
    private const int OneAtRandomIn = 20;

    private readonly int _history = (int)(train * HistoryShare);

    /// <summary>What people know after reviewing a model's alerts, and the rows without the frauds that they found.</summary>
    public (ReviewedRows Reviews, float[] Kept) Review(IScoringModel model, ulong seed)
    {
        double[] margins = new double[train - _history], scores = new double[margins.Length];
        model.Score(rows.AsSpan(_history * features, margins.Length * features), margins, scores);
        int[] byMargin = [.. Enumerable.Range(_history, margins.Length).Where(row => table.LabelAt(row).HasValue).OrderByDescending(row => margins[row - _history]).ThenBy(row => row)];
        int alerts = Math.Min(byMargin.Length, reviews - (reviews / OneAtRandomIn)), others = Math.Min(byMargin.Length - alerts, reviews / OneAtRandomIn);
        int[] rest = byMargin[alerts..];
        new Random((int)seed).Shuffle(rest);
        int[] reviewed = [.. byMargin[..alerts].Concat(rest[..others]).Order()];
        HashSet<int> frauds = [.. reviewed.Where(row => table.LabelAt(row) == true)];
        return (
            new ReviewedRows(Rows(reviewed), [.. reviewed.Select(frauds.Contains)]),
            Rows([.. Enumerable.Range(_history, margins.Length).Where(row => !frauds.Contains(row))]));
    }

    private float[] Rows(int[] indices)
    {
        float[] taken = new float[indices.Length * features];
        for (int i = 0; i < indices.Length; i++)
        {
            rows.AsSpan(indices[i] * features, features).CopyTo(taken.AsSpan(i * features));
        }

        return taken;
    }
}
