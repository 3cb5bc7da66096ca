using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using FinObs.Retraining;
using FinObs.Retraining.Runs;
using FinObs.Scoring.Features;

namespace FinObs.Scoring.Tests.Retraining;

public sealed class RunTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("finobs-run-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Confirmed_frauds_are_left_out_of_training_and_stay_in_the_hold_out()
    {
        WorkOutcome outcome = Work(Csv(row => row % 10 == 0 ? "1" : "0"));

        Assert.Equal((2_000, 320, 1_152, 128), (outcome.Report.Rows, outcome.Report.HistoryRows, outcome.Report.TrainRows, outcome.Report.LeftOut));
        Assert.Equal((1_280, 128), (outcome.Report.Reviews, outcome.Report.ReviewedFrauds));
        Assert.Equal((400, 400, 40L), (outcome.Report.HoldOutRows, outcome.Report.LabelledHoldOutRows, outcome.Report.HoldOutFrauds));
    }

    [Fact]
    public void What_people_found_trains_a_member_that_the_report_and_the_manifest_name()
    {
        // Wires of middling amounts: ordinary to a detector of outliers.
        WorkOutcome outcome = Work(Csv((row, amount, type) => type == "wire" && amount is > 60 and < 120 ? "1" : row % 2 == 0 ? "0" : ""));

        Assert.NotNull(outcome.Report.Supervised);
        Assert.Equal(outcome.Report.Reviews, outcome.Report.Supervised.Reviews);
        Assert.Equal(outcome.Report.Supervised, outcome.Artifact.Manifest.Ensemble!.Supervised);
        Assert.Equal(outcome.Report.ReviewedFrauds, outcome.Artifact.Manifest.Training!.Metrics!["review_frauds"]);
        Assert.True(outcome.Report.Candidate.AveragePrecision > Work(Csv((row, amount, type) => row < 1_600 ? "" : type == "wire" && amount is > 60 and < 120 ? "1" : row % 2 == 0 ? "0" : "")).Report.Candidate.AveragePrecision + 0.2);
    }

    [Fact]
    public void The_same_window_and_seed_give_the_same_artifact_plain_or_gzip()
    {
        string csv = Csv(_ => "");
        WorkOutcome plain = Work(csv), zipped = Work(csv, gzip: true);

        Assert.Equal(plain.Artifact.Digest, zipped.Artifact.Digest);
        Assert.Equal("sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(csv))), zipped.Report.DataDigest);
    }

    [Fact]
    public void A_version_compared_with_itself_is_not_worse_and_shows_no_drift_beyond_chance()
    {
        string csv = Csv(row => row % 4 == 0 ? "1" : "0");
        string parent = Path.Combine(_folder.FullName, "parent");
        Work(csv).Artifact.Save(parent);
        RetrainingReport report = Work(csv, parent: parent).Report;

        Assert.Equal(("average-precision", true), (report.Gate.Rule, report.Gate.Passed));
        Assert.Equal(report.Parent, report.Candidate);
        Assert.Equal(report.Drift.OrderByDescending(drift => drift.Psi).Select(drift => drift.Feature), report.Drift.Select(drift => drift.Feature));
    }

    [Fact]
    public void A_window_that_is_too_short_is_refused() => Assert.Throws<InputException>(() => Work("transaction_id,timestamp,amount\n1,2026-01-01T00:00:00Z,5\n"));

    [Fact]
    public void Work_that_is_stopped_stops()
    {
        string path = Path.Combine(_folder.FullName, "window.csv");
        File.WriteAllText(path, Csv(_ => ""));
        Assert.ThrowsAny<OperationCanceledException>(() => RetrainingWork.Run(Request(path, null), (_, _) => { }, new CancellationToken(canceled: true)));
    }

    private WorkOutcome Work(string csv, bool gzip = false, string? parent = null)
    {
        string path = Path.Combine(_folder.FullName, gzip ? "window.csv.gz" : "window.csv");
        using (Stream file = gzip ? new GZipStream(File.Create(path), CompressionLevel.Fastest) : File.Create(path))
        {
            file.Write(Encoding.UTF8.GetBytes(csv));
        }

        return RetrainingWork.Run(Request(path, parent), (_, _) => { }, Cancel);
    }

    private static WorkRequest Request(string path, string? parent) => new(path, "m", "1.0.1", parent, new ProfileSettings("USD", "UTC"), null, ExchangeRates.Default, 1);

    private static string Csv(Func<int, string> label) => Csv((row, _, _) => label(row));

    private static string Csv(Func<int, double, string, string> label)
    {
        Random random = new(7);
        StringBuilder csv = new("transaction_id,account_id,counterparty_id,timestamp,amount,currency,type,label\n");
        DateTimeOffset start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (int row = 0; row < 2_000; row++)
        {
            double amount = Math.Round(20 * Math.Exp(random.NextDouble() * 3), 2);
            string account = $"a{random.Next(40)}", counterparty = $"c{random.Next(20)}", type = random.Next(3) == 0 ? "wire" : "card";
            csv.Append(CultureInfo.InvariantCulture, $"{row},{account},{counterparty},{start.AddMinutes(row * 7):O},{amount},USD,{type},{label(row, amount, type)}\n");
        }

        return csv.ToString();
    }
}
