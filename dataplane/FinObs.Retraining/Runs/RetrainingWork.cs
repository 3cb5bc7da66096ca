using System.Diagnostics;
using System.Reflection;
using FinObs.Scoring;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.Evaluation;
using FinObs.Scoring.Features;
using FinObs.Scoring.Training;

namespace FinObs.Retraining.Runs;

/// <summary>What is trained, and what it is compared with.</summary>
/// <param name="Window">CSV, plain or gzip.</param>
/// <param name="Model">Name of the model.</param>
/// <param name="Version">The candidate's.</param>
/// <param name="Parent">Folder or zip of the current version; null = none.</param>
/// <param name="Settings">Currency and zone; null = the parent's, else the window's main currency and UTC.</param>
/// <param name="TrainedAt">Time written into the artifact; null = that of the newest transaction.</param>
/// <param name="Rates">Exchange rates.</param>
/// <param name="Seed">Chance.</param>
internal sealed record WorkRequest(string Window, string Model, string Version, string? Parent, ProfileSettings? Settings, DateTimeOffset? TrainedAt, ExchangeRates Rates, ulong Seed);

/// <summary>What came of it.</summary>
internal sealed record WorkOutcome(RetrainingReport Report, ModelArtifact Artifact);

/// <summary>Trains on the first part of a window by time, forest and autoencoder without its confirmed frauds, a supervised member on its known outcomes, and measures old and new on the rest, frauds included. The same window and options give the same artifact.</summary>
internal static class RetrainingWork
{
    /// <summary>Fewer rows give no model that anybody should look at.</summary>
    public const int LeastRows = 1_000;

    private const double TrainShare = 0.8;

    /// <param name="request">See there.</param>
    /// <param name="say">Hears how far it is, 0..1, and what is being done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InputException">The window cannot be trained on.</exception>
    public static WorkOutcome Run(WorkRequest request, Action<double, string> say, CancellationToken cancellationToken)
    {
        Dictionary<string, double> seconds = [];
        long started = Stopwatch.GetTimestamp();
        WindowFile file = WindowFile.Read(request.Window, (share, step) => say(0.2 * share, step), cancellationToken);
        TransactionTable table = file.Table;
        if (table.Count < LeastRows)
        {
            throw new InputException($"The window has {table.Count} transactions, a model wants at least {LeastRows}: choose a longer one.");
        }

        Lap("read");
        using IScoringModel? parent = request.Parent is null ? null : Comparable(ModelArtifact.Read(request.Parent), request.Settings);
        ProfileSettings settings = request.Settings ?? parent?.Manifest.Features.ProfileSettings() ?? new ProfileSettings(table.MainCurrency(table.Count), "UTC");
        int train = (int)(table.Count * TrainShare);
        say(0.2, "measuring the population");
        FeatureSchema schema = Fit(table, train, settings, request.Rates, cancellationToken);
        say(0.3, "computing features");
        WindowRows rows = WindowRows.Extract(table, train, schema, parent?.Manifest, request.Rates, cancellationToken);
        Lap("features");
        TrainingProvenance provenance = new(
            "training window", file.Digest, (request.TrainedAt ?? table.FactsAt(table.Count - 1, settings.BaseCurrency, request.Rates).OccurredAt).ToUniversalTime(), CodeVersion());
        EnsembleOptions options = new()
        {
            Model = request.Model,
            Version = request.Version,
            Seed = request.Seed,
            Thresholds = parent is { Manifest.Calibration: not null } ? parent.Manifest.Thresholds : DecisionThresholds.Default,
        };
        ModelArtifact artifact = EnsembleTrainer.Train(rows.Train, rows.TrainRows, schema, options, provenance, rows.Reviewed, new Steps(say), cancellationToken);
        Lap("train");
        say(0.85, "evaluating");
        using IScoringModel candidate = artifact.Open();
        bool?[] labels = [.. Enumerable.Range(train, table.Count - train).Select(table.LabelAt)];
        HoldOutMetrics now = HoldOut.Measure(candidate, rows.HoldOut, labels);
        cancellationToken.ThrowIfCancellationRequested();
        HoldOutMetrics? before = parent is null ? null : HoldOut.Measure(parent, rows.ParentHoldOut, labels);
        int labelled = labels.Count(label => label.HasValue), frauds = labels.Count(label => label == true);
        Lap("evaluate");
        say(0.95, "writing the report");
        RetrainingReport report = new(
            request.Model, request.Version, parent?.Manifest.Version, file.Digest, table.Count, file.Rejected, rows.TrainRows, rows.HistoryRows, train - rows.HistoryRows - rows.TrainRows, rows.Reviewed?.Reviews ?? 0, rows.Reviewed?.FraudCount ?? 0, artifact.Manifest.Ensemble?.Supervised, labels.Length, labelled, frauds, request.Seed, CodeVersion(), now, before,
            CandidateGate.Judge(now, before, labelled, frauds), rows.Drift, artifact.Digest, seconds);
        return new WorkOutcome(report, artifact);

        void Lap(string what)
        {
            seconds[what] = Math.Round(Stopwatch.GetElapsedTime(started).TotalSeconds, 3);
            started = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>Null where another server runs it or where it measures in other units: it cannot be compared here, and the report then has no parent.</summary>
    private static IScoringModel? Comparable(ModelArtifact artifact, ProfileSettings? settings)
    {
        FeatureSchema features = artifact.Manifest.Features;
        return artifact.Manifest.Format == ModelFormat.OpenInference || (settings is not null && features.ProfileSettings() != settings) ? null : artifact.Open();
    }

    private static FeatureSchema Fit(TransactionTable table, int train, ProfileSettings settings, ExchangeRates rates, CancellationToken cancellationToken)
    {
        FeatureSchemaBuilder builder = new(settings);
        FeatureReplay.Walk(table, train, settings, rates, (int row, in TransactionFacts facts, AccountProfile before) =>
        {
            if (row % 10_000 == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            if (table.LabelAt(row) != true)
            {
                builder.Add(in facts, before);
            }
        });
        return builder.Build();
    }

    internal static string CodeVersion() =>
        typeof(EnsembleTrainer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private sealed class Steps(Action<double, string> say) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => say(0.45 + (0.4 * value.Fraction), value.Step);
    }
}
