using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Features;
using FinObs.Scoring.Training;

namespace FinObs.Retraining.Runs;

/// <summary>The features of a window, from one walk through it: what is trained on, and the hold-out as each version reads it.</summary>
internal sealed class WindowRows
{
    /// <summary>
    /// Share of the training part, from its beginning, that only fills the accounts' histories. Live, accounts have long ones; in a window all begin without, and a model that learns from these rows takes an account with a history for the
    /// exception.
    /// </summary>
    private const double HistoryShare = 0.2;

    /// <summary>Reviewed legitimate transactions that are kept; of more, every so manieth stands for its neighbours.</summary>
    private const int MostLegitimate = 40_000;

    private WindowRows(int train, int holdOut, int features, int parentFeatures)
    {
        Buffer = new float[checked(train * features)];
        HoldOut = new float[checked(holdOut * features)];
        ParentHoldOut = new float[checked(holdOut * parentFeatures)];
    }

    /// <summary>Rows × F; without the first rows, which are histories only, and without confirmed frauds.</summary>
    public ReadOnlyMemory<float> Train { get; private set; }

    /// <summary>Rows that filled histories and trained nothing.</summary>
    public int HistoryRows { get; private init; }

    public int TrainRows { get; private set; }

    /// <summary>Rows trained on whose outcome is known, frauds included; null where there is none.</summary>
    public ReviewedRows? Reviewed { get; private set; }

    public float[] HoldOut { get; }

    /// <summary>Empty where there is no parent.</summary>
    public float[] ParentHoldOut { get; }

    public IReadOnlyList<WindowDrift> Drift { get; private set; } = [];

    private float[] Buffer { get; }

    /// <param name="table">In time order.</param>
    /// <param name="train">How many rows, from the first, are the training part.</param>
    /// <param name="schema">The candidate's features.</param>
    /// <param name="parent">The current version; null = none.</param>
    /// <param name="rates">Exchange rates.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static WindowRows Extract(TransactionTable table, int train, FeatureSchema schema, ModelManifest? parent, ExchangeRates rates, CancellationToken cancellationToken)
    {
        FeatureExtractor extractor = new(schema);
        FeatureExtractor? old = parent is null ? null : new FeatureExtractor(parent.Features);
        WindowDrifts? drifts = parent?.Reference is { } reference ? new WindowDrifts(reference) : null;
        int features = extractor.Count, oldFeatures = old?.Count ?? 0, kept = 0;
        WindowRows rows = new(train, table.Count - train, features, oldFeatures) { HistoryRows = (int)(train * HistoryShare) };
        float[] oldRow = new float[oldFeatures], row = new float[features];
        int stride = 1 + (Enumerable.Range(rows.HistoryRows, train - rows.HistoryRows).Count(index => table.LabelAt(index) == false) / MostLegitimate), legitimate = 0;
        List<float> reviewed = [];
        List<bool> frauds = [];
        FeatureReplay.Walk(table, table.Count, schema.ProfileSettings(), rates, (int index, in TransactionFacts facts, AccountProfile before) =>
        {
            if (index % 10_000 == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            if (index < rows.HistoryRows)
            {
                return;
            }

            old?.Extract(in facts, before, oldRow);
            drifts?.Add(oldRow);
            if (index >= train)
            {
                extractor.Extract(in facts, before, rows.HoldOut.AsSpan((index - train) * features, features));
                oldRow.CopyTo(rows.ParentHoldOut, (index - train) * oldFeatures);
            }
            else
            {
                bool? label = table.LabelAt(index);
                extractor.Extract(in facts, before, row);
                if (label == true || (label == false && legitimate++ % stride == 0))
                {
                    reviewed.AddRange(row);
                    frauds.Add(label.Value);
                }

                if (label != true)
                {
                    row.CopyTo(rows.Buffer, kept++ * features);
                }
            }
        });
        rows.Train = rows.Buffer.AsMemory(0, kept * features);
        rows.TrainRows = kept;
        rows.Reviewed = frauds.Count == 0 ? null : new ReviewedRows(reviewed.ToArray(), [.. frauds], stride);
        rows.Drift = drifts?.Compare() ?? [];
        return rows;
    }
}
