using System.CommandLine;
using System.Reflection;
using System.Security.Cryptography;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Retraining.Registration;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.Features;
using FinObs.Scoring.Training;
using Spectre.Console;

namespace FinObs.Retraining.Training;

/// <summary>
/// <c>train</c>: a file of transactions in, an artifact out, and to a data plane where one is named. Labels are not read. The same file and options give the same bytes.
/// </summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        Option<string> data = CommonOptions.Data();
        var output = new Option<string?>("--out") { Description = "Folder for manifest.json and model.onnx. Required without --register." };
        var model = new Option<string>("--model") { Description = "Name of the model.", DefaultValueFactory = _ => new EnsembleOptions().Model };
        var version = new Option<string>("--version") { Description = "Semantic version of the model.", DefaultValueFactory = _ => new EnsembleOptions().Version };
        var seed = new Option<ulong>("--seed") { Description = "Chance.", DefaultValueFactory = _ => 1 };
        var trainedAt = new Option<DateTimeOffset?>("--trained-at") { Description = "Time written into the artifact. Default: that of the newest transaction, so that a repeated training gives the same bytes." };
        Option<string?> currency = CommonOptions.BaseCurrency();
        Option<string> zone = CommonOptions.TimeZone();
        Option<string?> rates = CommonOptions.Rates();
        var register = new Option<string?>("--register") { Description = "Address of a data plane to upload the artifact to; the ModelVersion to apply is then printed, and nothing else: … | kubectl apply -f -" };
        var tokenFile = new Option<string?>("--register-token-file") { Description = "File with the data plane's key or a service account's token." };
        var stage = new Option<ModelStage>("--stage") { Description = "The highest stage that the printed ModelVersion permits.", DefaultValueFactory = _ => ModelStage.Shadow };
        var command = new Command("train", "Trains a model on a file of transactions, labels unread, and writes its artifact.")
        {
            data, output, model, version, seed, trainedAt, currency, zone, rates, register, tokenFile, stage,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(output) is null && result.GetValue(register) is null)
            {
                result.AddError("Say where the artifact goes: --out FOLDER, --register URL, or both.");
            }
        });
        command.SetAction((result, cancellationToken) => RunAsync(
            new TrainRequest(
                result.GetRequiredValue(data), result.GetValue(output), result.GetValue(currency), result.GetRequiredValue(zone), result.GetValue(rates), result.GetValue(trainedAt)),
            new EnsembleOptions { Model = result.GetRequiredValue(model), Version = result.GetRequiredValue(version), Seed = result.GetValue(seed) },
            result.GetValue(register) is { } url ? () => RegistrationRequest.Of(url, result.GetValue(tokenFile), result.GetValue(stage)) : null,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(TrainRequest request, EnsembleOptions options, Func<RegistrationRequest>? registration, CancellationToken cancellationToken)
    {
        RegistrationRequest? register = null;
        int code = await Terminal.RunAsync(() =>
        {
            register = registration?.Invoke();
            if (register is not null)
            {
                ModelVersionYaml.Check(options.Model, options.Version, register.Stage);
            }

            return Task.CompletedTask;
        });
        if (code != ExitCodes.Done)
        {
            return code;
        }

        ModelArtifact? artifact = null;
        code = Terminal.Run(progress => artifact = Train(request, options, register is null ? Console.Out : Console.Error, progress, cancellationToken));
        return artifact is null || register is null || code != ExitCodes.Done ? code : await Terminal.RunAsync(() => RegisterAsync(artifact, register, cancellationToken));
    }

    /// <summary>The YAML comes last and alone: what is in the pipe is there, or nothing is.</summary>
    private static async Task RegisterAsync(ModelArtifact artifact, RegistrationRequest request, CancellationToken cancellationToken)
    {
        using ArtifactUpload upload = new(ArtifactUpload.CreateHandler(), request, TimeProvider.System, Console.Error.WriteLine);
        await upload.SendAsync(artifact, cancellationToken);
        await Console.Error.WriteLineAsync($"{request.DataPlane} has {artifact.Digest}");
        await Console.Out.WriteAsync(ModelVersionYaml.Write(artifact, request.Stage));
    }

    private static ModelArtifact Train(TrainRequest request, EnsembleOptions options, TextWriter results, ProgressContext progress, CancellationToken cancellationToken)
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
        results.WriteLine($"{options.Model} {options.Version}: {table.Count:N0} transactions, {schema.Names.Length} features, amounts in {settings.BaseCurrency}, hours in {settings.TimeZone}");
        if (request.Out is { } folder)
        {
            artifact.Save(folder);
            results.WriteLine($"{folder}: {artifact.Digest}");
        }

        return artifact;
    }

    private static string DigestOf(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return "sha256:" + Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static string CodeVersion() =>
        typeof(EnsembleTrainer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private sealed record TrainRequest(string Data, string? Out, string? BaseCurrency, string TimeZone, string? Rates, DateTimeOffset? TrainedAt);
}
