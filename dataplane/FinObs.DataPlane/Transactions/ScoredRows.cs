using System.Diagnostics;
using FinObs.DataPlane.Models;

namespace FinObs.DataPlane.Transactions;

/// <summary>Margins and scores of a chunk; a row that could not be scored is marked, and will be reviewed by a person.</summary>
internal sealed partial class ScoredRows
{
    private readonly ScoredBy[] _by;

    private ScoredRows(int count)
    {
        Margins = new double[count];
        Scores = new double[count];
        _by = new ScoredBy[count];
    }

    public double[] Margins { get; }

    public double[] Scores { get; }

    /// <summary>The version whose score this is; null where the model is missing or its engine failed.</summary>
    public RoutedModel? Model(int index) => _by[index].Model;

    /// <summary>What really computed it: this process, or a pod with a fingerprint of its own.</summary>
    public EngineIdentity? Engine(int index) => _by[index].Engine;

    /// <summary>How far the margin may be, relative to max(1, |margin|), from what this process would compute; null where it did.</summary>
    public double? MarginTolerance(int index) => _by[index].MarginTolerance;

    public bool Usable(int index) => _by[index].Model is not null && double.IsFinite(Scores[index]) && double.IsFinite(Margins[index]);

    /// <summary>
    /// Each row by the version that decides it: by that version's pods where it has some, else, and where none of them answers, here. Without pods it never waits. What a version on trial
    /// cannot score, the stable one decides.
    /// </summary>
    public static async ValueTask<ScoredRows> ScoreAsync(RowModels models, FeatureRows features, int count, ILogger logger, CancellationToken cancellationToken)
    {
        ScoredRows scored = new(count);
        foreach ((RoutedModel? model, int[]? rows) in models.Groups())
        {
            if (model is null || await scored.ScoreAsync(model, features, rows, logger, cancellationToken) || models.Models[0] is not { } stable || ReferenceEquals(stable, model))
            {
                continue;
            }

            StoodIn(logger, stable.Identity.ModelVersion, model.Identity.ModelVersion);
            await scored.ScoreAsync(stable, features, rows, logger, cancellationToken);
        }

        return scored;
    }

    /// <summary>False where nothing could compute them.</summary>
    private async ValueTask<bool> ScoreAsync(RoutedModel model, FeatureRows features, int[]? rows, ILogger logger, CancellationToken cancellationToken)
    {
        RowBlock block = new(this, features, rows);
        long start = Stopwatch.GetTimestamp();
        ScoredBy by = await RoutedScoring.ScoreAsync(model, block.Features, block.Margins, block.Scores, logger, cancellationToken);
        if (by.Model is null || !block.IsFinite)
        {
            model.Health.Fail(block.Count);
            return false;
        }

        by.Model.Health.Add(block.Count, Stopwatch.GetElapsedTime(start));
        block.Keep(by);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Stable} decides what {ModelVersion} was to decide and could not score.")]
    private static partial void StoodIn(ILogger logger, string stable, string modelVersion);

    /// <summary>Rows that are scored together: all of a chunk, in place, or some, gathered and put back.</summary>
    private sealed class RowBlock(ScoredRows all, FeatureRows features, int[]? rows)
    {
        public int Count => rows?.Length ?? all.Scores.Length;

        public double[] Margins { get; } = rows is null ? all.Margins : new double[rows.Length];

        public double[] Scores { get; } = rows is null ? all.Scores : new double[rows.Length];

        /// <summary>Something of it is a number.</summary>
        public bool IsFinite => Count == 0 || Array.Exists(Scores, double.IsFinite);

        public float[] Features(RoutedModel model) => rows is null ? features.Of(model).Values : features.Of(model).Gather(rows);

        public void Keep(ScoredBy by)
        {
            if (rows is null)
            {
                all._by.AsSpan().Fill(by);
                return;
            }

            for (int k = 0; k < rows.Length; k++)
            {
                (all.Margins[rows[k]], all.Scores[rows[k]], all._by[rows[k]]) = (Margins[k], Scores[k], by);
            }
        }
    }
}
