using System.Text;
using System.Text.Json;
using FinObs.Retraining.Evaluation;
using FinObs.Retraining.Scoring;
using FinObs.Retraining.Training;

namespace FinObs.Scoring.Tests.Retraining;

public sealed class CommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("finobs-retraining-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Evaluate_writes_the_metrics_of_each_seed_and_their_mean()
    {
        string json = At("report.json");
        Assert.Equal(0, EvaluateCommand.Create().Parse(["--data", Data(), "--seeds", "2", "--json", json]).Invoke());

        using JsonDocument report = JsonDocument.Parse(File.ReadAllBytes(json));
        JsonElement root = report.RootElement;
        Assert.Equal(2000, root.GetProperty("rows").GetInt32());
        Assert.Equal(1400, root.GetProperty("train_rows").GetInt32());
        Assert.Equal(600, root.GetProperty("test_rows").GetInt32());
        Assert.Equal(300, root.GetProperty("labelled_test_rows").GetInt32());
        Assert.Equal("GBP", root.GetProperty("base_currency").GetString());
        Assert.Equal([1, 2], root.GetProperty("seeds").EnumerateArray().Select(seed => seed.GetProperty("seed").GetInt32()));
        foreach (string key in (string[])["auc", "ap", "recall_at_1pct", "recall_at_05pct", "precision_at_100"])
        {
            double mean = root.GetProperty("seeds").EnumerateArray().Average(seed => seed.GetProperty(key).GetDouble());
            Assert.Equal(mean, root.GetProperty("mean").GetProperty(key).GetDouble(), 1e-12);
        }

        Assert.Equal(10, root.GetProperty("mean").GetProperty("alert_rate_tenths").GetArrayLength());
        Assert.True(root.GetProperty("mean").GetProperty("auc").GetDouble() > 0.95);
    }

    [Fact]
    public void Evaluate_does_not_read_the_labels_of_the_training_part()
    {
        string with = At("with.json"), without = At("without.json");
        EvaluateCommand.Create().Parse(["--data", Data(), "--seeds", "1", "--json", with]).Invoke();
        EvaluateCommand.Create().Parse(["--data", Data(labelled: i => i >= 1400), "--seeds", "1", "--json", without]).Invoke();
        Assert.Equal(Mean(with), Mean(without));
    }

    [Fact]
    public void Evaluate_with_reviews_reads_the_labels_of_so_many_and_says_how_many_were_frauds()
    {
        string json = At("reviews.json");
        Assert.Equal(0, EvaluateCommand.Create().Parse(["--data", Data(), "--seeds", "2", "--reviews", "200", "--json", json]).Invoke());

        using JsonDocument report = JsonDocument.Parse(File.ReadAllBytes(json));
        Assert.Equal(200, report.RootElement.GetProperty("reviews").GetInt32());
        Assert.Equal(2, report.RootElement.GetProperty("reviewed_frauds").GetArrayLength());
        Assert.True(report.RootElement.GetProperty("mean").GetProperty("auc").GetDouble() > 0.95);
    }

    [Fact]
    public void Without_frauds_the_metrics_are_null()
    {
        string json = At("none.json");
        Assert.Equal(0, EvaluateCommand.Create().Parse(["--data", Data(labelled: _ => false), "--seeds", "1", "--json", json]).Invoke());
        Assert.StartsWith("{\"auc\":null,\"ap\":null", Mean(json).Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal));
    }

    [Fact]
    public void Train_gives_the_same_bytes_twice_and_score_runs_the_model()
    {
        string data = Data(), first = At("m1"), second = At("m2"), scores = At("scores.csv");
        Assert.Equal(0, TrainCommand.Create().Parse(["--data", data, "--out", first, "--model", "mine", "--version", "2.0.0", "--seed", "7"]).Invoke());
        Assert.Equal(0, TrainCommand.Create().Parse(["--data", data, "--out", second, "--model", "mine", "--version", "2.0.0", "--seed", "7"]).Invoke());
        Assert.Equal(File.ReadAllBytes(Path.Combine(first, "manifest.json")), File.ReadAllBytes(Path.Combine(second, "manifest.json")));
        Assert.Equal(File.ReadAllBytes(Path.Combine(first, "model.onnx")), File.ReadAllBytes(Path.Combine(second, "model.onnx")));

        Assert.Equal(0, ScoreCommand.Create().Parse(["--artifact", first, "--data", data, "--out", scores]).Invoke());
        string[] lines = File.ReadAllLines(scores);
        Assert.Equal("transaction_id,margin,score,decision,reasons", lines[0]);
        Assert.Equal(2001, lines.Length);
        Assert.Contains(lines, line => line.Contains("this account's 30-day mean", StringComparison.Ordinal));
        Assert.InRange(lines.Count(line => !line.Contains(",approve,", StringComparison.Ordinal)), 5, 100);
    }

    [Theory]
    [InlineData("--data", "nowhere.csv")]
    [InlineData("--data", "{data}", "--train-fraction", "1.5")]
    [InlineData("--data", "{data}", "--seeds", "0")]
    [InlineData("--data", "{data}", "--time-zone", "Mars/Olympus")]
    [InlineData("--data", "{header}")]
    [InlineData("--data", "{notcsv}")]
    public void Bad_input_ends_with_a_code_of_its_own(params string[] args)
    {
        File.WriteAllText(At("header.csv"), "transaction_id,timestamp,amount\n");
        File.WriteAllText(At("not.csv"), "hello");
        string data = Data();
        string[] filled = [.. args.Select(arg => arg.Replace("{data}", data, StringComparison.Ordinal)
            .Replace("{header}", At("header.csv"), StringComparison.Ordinal).Replace("{notcsv}", At("not.csv"), StringComparison.Ordinal))];
        Assert.Equal(1, EvaluateCommand.Create().Parse(filled).Invoke());
    }

    /// <summary>Twenty accounts of steady habits; every fortieth transaction is a hundred times too large. Every second row is inspected.</summary>
    private string Data(Func<int, bool>? labelled = null)
    {
        var random = new Random(17);
        var text = new StringBuilder("transaction_id,account_id,timestamp,amount,currency,type,label,extra\n");
        for (int i = 0; i < 2000; i++)
        {
            bool fraud = i % 40 == 20;
            double amount = (20 + (30 * random.NextDouble())) * (fraud ? 100 : 1);
            string label = i % 2 == 0 && (labelled?.Invoke(i) ?? true) ? fraud ? "1" : "0" : string.Empty;
            DateTime time = new DateTime(2026, 1, 1).AddMinutes(30 * i);
            text.Append($"t{i},a{random.Next(20)},{time:yyyy-MM-dd'T'HH:mm:ss}Z,{amount:0.00},{(i % 5 == 0 ? "EUR" : "GBP")},card,{label},x\n");
        }

        string path = At($"data-{_folder.GetFiles().Length}.csv");
        File.WriteAllText(path, text.ToString());
        return path;
    }

    private static string Mean(string json)
    {
        using JsonDocument report = JsonDocument.Parse(File.ReadAllBytes(json));
        return report.RootElement.GetProperty("mean").GetRawText();
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);
}
