using System.CommandLine;
using System.Reflection;
using System.Security.Cryptography;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.Features;
using FinObs.Scoring.Training;
using Spectre.Console;

namespace FinObs.Retraining.Training;

/// <summary><c>train</c>: a file of transactions in, an artifact out. Labels are not read. The same file and options give the same bytes.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        Option<string> data = CommonOptions.Data();
        var output = new Option<string>("--out") { Description = "Folder for manifest.json and model.onnx.", Required = true };
        var model = new Option<string>("--model") { Description = "Name of the model.", DefaultValueFactory = _ => new EnsembleOptions().Model };
        var version = new Option<string>("--version") { Description = "Semantic version of the model.", DefaultValueFactory = _ => new EnsembleOptions().Version };
        var seed = new Option<ulong>("--seed") { Description = "Chance.", DefaultValueFactory = _ => 1 };
        var trainedAt = new Option<DateTimeOffset?>("--trained-at") { Description = "Time written into the artifact. Default: that of the newest transaction, so that a repeated training gives the same bytes." };
        Option<string?> currency = CommonOptions.BaseCurrency();
        Option<string> zone = CommonOptions.TimeZone();
        Option<string?> rates = CommonOptions.Rates();
        var command = new Command("train", "Trains a model on a file of transactions, labels unread, and writes its artifact.") { data, output, model, version, seed, trainedAt, currency, zone, rates };
        command.SetAction((result, cancellationToken) => Task.FromResult(Terminal.Run(progress => Train(
            new TrainRequest(
                result.GetRequiredValue(data), result.GetRequiredValue(output), result.GetValue(currency), result.GetRequiredValue(zone), result.GetValue(rates), result.GetValue(trainedAt)),
            new EnsembleOptions { Model = result.GetRequiredValue(model), Version = result.GetRequiredValue(version), Seed = result.GetValue(seed) },
            progress,
            cancellationToken))));
        return command;
    }

    private static void Train(TrainRequest request, EnsembleOptions options, ProgressContext progress, CancellationToken cancellationToken)
    {
        TransactionFile file = TransactionFile.Load(request.Data, progress, cancellationToken);
        TransactionTable table = file.Table;
        ExchangeRates rates = CommonOptions.RatesOf(request.Rates);
        ProfileSettings settings = file.Settings(table.Count, request.BaseCurrency, request.TimeZone);
        FeatureSchema schema = FeatureReplay.Fit(table, table.Count, settings, rates);
        float[] rows = FeatureReplay.Extract(table, table.Count, schema, rates);

        var provenance = new TrainingProvenance(
            Path.GetFileName(request.Data), DigestOf(request.Data), (request.TrainedAt ?? table.FactsAt(table.Count - 1, settings.BaseCurrency, rates).OccurredAt).ToUniversalTime(), CodeVersion());
        ProgressTask task = progress.AddTask("training", maxValue: 1);
        ModelArtifact artifact = EnsembleTrainer.Train(rows, table.Count, schema, options, provenance, new TaskProgress(task, 1), cancellationToken);
        artifact.Save(request.Out);
        Console.Out.WriteLine($"{options.Model} {options.Version}: {table.Count:N0} transactions, {schema.Names.Length} features, amounts in {settings.BaseCurrency}, hours in {settings.TimeZone}");
        Console.Out.WriteLine($"{request.Out}: {artifact.Digest}");
    }

    private static string DigestOf(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return "sha256:" + Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static string CodeVersion() =>
        typeof(EnsembleTrainer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private sealed record TrainRequest(string Data, string Out, string? BaseCurrency, string TimeZone, string? Rates, DateTimeOffset? TrainedAt);
}
