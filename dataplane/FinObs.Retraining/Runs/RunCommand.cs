using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using FinObs.Contracts.Resources.ModelVersions;
using FinObs.Retraining.Registration;
using FinObs.Scoring.Ensemble;
using FinObs.Scoring.Features;

namespace FinObs.Retraining.Runs;

/// <summary><c>run</c>: one retraining, of a data plane's run or of a file. Standard output gets lines <c>progress 0.42 growing trees</c>.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var url = new Option<string?>("--url") { Description = "Address of a data plane; with --run." };
        var run = new Option<Guid?>("--run") { Description = "Id of the data plane's run: it is taken, carried out and ended." };
        var tokenFile = new Option<string?>("--token-file") { Description = "File with the data plane's key or a service account's token." };
        var window = new Option<string?>("--window") { Description = "Instead of --url and --run: a window as .csv or .csv.gz." };
        var model = new Option<string>("--model") { Description = "With --window: name of the model.", DefaultValueFactory = _ => new EnsembleOptions().Model };
        var version = new Option<string>("--version") { Description = "With --window: semantic version of the candidate.", DefaultValueFactory = _ => new EnsembleOptions().Version };
        var parent = new Option<string?>("--parent") { Description = "With --window: folder or zip of the current version." };
        var output = new Option<string?>("--out") { Description = "With --window: folder for the candidate; written only where it passes the gate." };
        var report = new Option<string?>("--report") { Description = "With --window: file for the report." };
        var trainedAt = new Option<DateTimeOffset?>("--trained-at") { Description = "With --window: time written into the artifact. Default: that of the newest transaction." };
        var seed = new Option<ulong>("--seed") { Description = "Chance.", DefaultValueFactory = _ => 1 };
        Option<string?> currency = CommonOptions.BaseCurrency();
        Option<string?> zone = new("--time-zone") { Description = "With --window: IANA zone of the hour of day. Default: the parent's, else UTC." };
        Option<string?> rates = CommonOptions.Rates();
        var command = new Command("run", "Trains a candidate on a window, compares it with the current version on a hold-out, and hands it over where it is not worse. It never replaces anything.")
        {
            url, run, tokenFile, window, model, version, parent, output, report, trainedAt, seed, currency, zone, rates,
        };
        command.Validators.Add(result =>
        {
            if ((result.GetValue(window) is null) == (result.GetValue(url) is null || result.GetValue(run) is null))
            {
                result.AddError("Say what to train on: --url URL --run ID, or --window FILE.");
            }
        });
        command.SetAction((result, cancellationToken) => result.GetValue(window) is { } file
            ? Terminal.RunAsync(() => FileAsync(
                new WorkRequest(
                    file, result.GetRequiredValue(model), result.GetRequiredValue(version), result.GetValue(parent), SettingsOf(result.GetValue(currency), result.GetValue(zone)), result.GetValue(trainedAt),
                    CommonOptions.RatesOf(result.GetValue(rates)), result.GetValue(seed)),
                result.GetValue(output), result.GetValue(report), cancellationToken))
            : Terminal.RunAsync(async () =>
            {
                using RemoteRun remote = new(RegistrationRequest.Of(result.GetValue(url)!, result.GetValue(tokenFile), ModelStage.Shadow), result.GetValue(run)!.Value, TimeProvider.System);
                await remote.RunAsync(CommonOptions.RatesOf(result.GetValue(rates)), result.GetValue(seed), Say, cancellationToken);
            }));
        return command;
    }

    /// <summary>A file cannot be renamed into place with a folder: the report comes last, so that whoever finds it finds the candidate.</summary>
    private static async Task FileAsync(WorkRequest request, string? output, string? report, CancellationToken cancellationToken)
    {
        ModelVersionYaml.Check(request.Model, request.Version, ModelStage.Shadow);
        WorkOutcome outcome = RetrainingWork.Run(request, Say, cancellationToken);
        if (output is not null && outcome.Report.Gate.Passed)
        {
            outcome.Artifact.Save(output);
        }

        if (report is not null)
        {
            await File.WriteAllTextAsync(report, JsonSerializer.Serialize(outcome.Report, RetrainingReport.Json) + "\n", cancellationToken);
        }

        Say(1, "done");
        await Console.Error.WriteLineAsync($"{request.Model} {request.Version} {(outcome.Report.Gate.Passed ? "may be a candidate" : "is refused")}: {outcome.Report.Gate.Reason}");
    }

    private static ProfileSettings? SettingsOf(string? currency, string? zone)
    {
        if (currency is null && zone is null)
        {
            return null;
        }

        if (currency is null)
        {
            throw new InputException("--time-zone needs --base-currency: account profiles are kept in both.");
        }

        ProfileSettings settings = new(currency.ToUpperInvariant(), zone ?? "UTC");
        _ = settings.Zone();
        return settings;
    }

    private static void Say(double fraction, string step) => Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"progress {fraction:0.###} {step}"));
}
