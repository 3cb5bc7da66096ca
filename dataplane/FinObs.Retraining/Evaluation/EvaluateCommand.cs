using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace FinObs.Retraining.Evaluation;

/// <summary><c>evaluate</c>: how well the built-in model detects on a file, by the protocol of <see cref="EvaluationRun"/>.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        Option<string> data = CommonOptions.Data();
        var fraction = new Option<double>("--train-fraction") { Description = "Share of rows, the first by time, to train on.", DefaultValueFactory = _ => 0.7 };
        var seeds = new Option<int>("--seeds") { Description = "How many trainings, with seeds 1, 2, ...", DefaultValueFactory = _ => 3 };
        var reviews = new Option<int>("--reviews")
        {
            Description = "Simulates feedback: so many transactions of the training part, the highest-scored and a few at random, get their labels, and the model is trained again with them. 0 = labels unread.",
        };
        var json = new Option<string?>("--json") { Description = "Also write the report to this file." };
        Option<string?> currency = CommonOptions.BaseCurrency();
        Option<string> zone = CommonOptions.TimeZone();
        Option<string?> rates = CommonOptions.Rates();
        var command = new Command("evaluate", "Trains on the first part of a file without its labels (or with those of so many reviews), and measures detection on the rest.") { data, fraction, seeds, reviews, json, currency, zone, rates };
        command.SetAction((result, cancellationToken) => Task.FromResult(Evaluate(
            new EvaluationRequest(
                result.GetRequiredValue(data),
                result.GetValue(fraction),
                result.GetValue(seeds),
                result.GetValue(currency),
                result.GetRequiredValue(zone),
                result.GetValue(rates),
                result.GetValue(reviews)),
            result.GetValue(json),
            cancellationToken)));
        return command;
    }

    private static int Evaluate(EvaluationRequest request, string? json, CancellationToken cancellationToken)
    {
        EvaluationReport? report = null;
        int code = Terminal.Run(progress => report = EvaluationRun.Run(request, progress, cancellationToken));
        if (report is null)
        {
            return code;
        }

        Print(report);
        return json is null ? code : Terminal.Run(_ => File.WriteAllText(json, JsonSerializer.Serialize(report, EvaluationReport.Json) + "\n"));
    }

    private static void Print(EvaluationReport report)
    {
        Console.Out.WriteLine(
            $"{report.Data}: {report.Rows:N0} rows, trained on {report.TrainRows:N0}, tested on {report.TestRows:N0} ({report.LabelledTestRows:N0} labelled, {report.Frauds:N0} frauds); "
            + $"amounts in {report.BaseCurrency}, hours in {report.TimeZone}");
        Console.Out.WriteLine("seed      AUC      AP    R@1%  R@0.5%  P@100  alert rate by tenths of the test period");
        foreach (SeedMetrics seed in report.Seeds)
        {
            Console.Out.WriteLine(Line(seed.Seed.ToString(), seed.Metrics));
        }

        Console.Out.WriteLine(Line("mean", report.Mean));
        if (report.Reviews > 0)
        {
            double?[] precisions = [.. report.Seeds.Select(seed => seed.Ap)];
            Console.Out.WriteLine($"{report.Reviews:N0} reviews: {string.Join(", ", report.ReviewedFrauds)} frauds among them; AP from {Number(precisions.Min())} to {Number(precisions.Max())}");
        }
    }

    private static string Line(string name, DetectionMetrics metrics) =>
        $"{name,-5} {Number(metrics.Auc),7} {Number(metrics.Ap),7} {Number(metrics.RecallAt1Pct),7} {Number(metrics.RecallAt05Pct),7} {Number(metrics.PrecisionAt100),6}  "
        + string.Join(' ', metrics.AlertRateTenths.Select(rate => rate.ToString("0.00%")));

    private static string Number(double? value) => value?.ToString("0.000") ?? "-";
}
