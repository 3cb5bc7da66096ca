using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using FinObs.DataPlane.Demo.Simulation;
using FinObs.DataPlane.Retraining;
using FinObs.DataPlane.Retraining.Local;
using Microsoft.Extensions.Options;

namespace FinObs.Benchmarks.Retraining;

/// <summary><c>retrain --rows 1000000</c>: the retraining tool as a process on a window of the fictional bank; wall time and peak of resident memory.</summary>
internal static class RetrainCommand
{
    /// <summary>Frauds are known, and of the others one in a hundred.</summary>
    private const int LegitimatePerReview = 100;

    private static readonly TimeSpan Sampled = TimeSpan.FromMilliseconds(100);

    public static Command Create()
    {
        Option<int> rows = new("--rows") { Description = "Transactions of the window.", DefaultValueFactory = _ => 1_000_000 };
        Command command = new("retrain", "Measure a retraining run: time and peak memory of the tool's process.") { rows };
        command.SetAction((result, cancellationToken) => RunAsync(result.GetValue(rows), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(int rows, CancellationToken cancellationToken)
    {
        string folder = Directory.CreateTempSubdirectory("finobs-retrain-bench-").FullName;
        try
        {
            string window = Path.Combine(folder, "window.csv.gz");
            Write(window, rows);
            ProcessStartInfo start = new RetrainingTool(Options.Create(new RetrainingOptions())).Find() ?? throw new FileNotFoundException("The retraining tool is not beside this program.");
            foreach (string word in (string[])["run", "--window", window, "--report", Path.Combine(folder, "report.json"), "--out", Path.Combine(folder, "out")]) start.ArgumentList.Add(word);
            long began = Stopwatch.GetTimestamp();
            using Process tool = Process.Start(start)!;
            Task<string> said = tool.StandardOutput.ReadToEndAsync(cancellationToken), errors = tool.StandardError.ReadToEndAsync(cancellationToken);
            long peak = await PeakAsync(tool, cancellationToken);
            TimeSpan took = Stopwatch.GetElapsedTime(began);
            await said;
            Console.WriteLine((await errors).Trim());
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows:N0} rows: {took.TotalSeconds:0.0} s, peak resident memory {peak / (1 << 20):N0} MiB, exit code {tool.ExitCode}"));
            return tool.ExitCode;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The system's own peak, as seen at the last look before the end.</summary>
    private static async Task<long> PeakAsync(Process tool, CancellationToken cancellationToken)
    {
        long peak = 0;
        using PeriodicTimer timer = new(Sampled);
        while (!tool.HasExited && await timer.WaitForNextTickAsync(cancellationToken))
        {
            tool.Refresh();
            if (!tool.HasExited) peak = Math.Max(peak, tool.PeakWorkingSet64);
        }

        return peak;
    }

    private static void Write(string path, int rows)
    {
        using StreamWriter csv = new(new GZipStream(File.Create(path), CompressionLevel.Fastest)) { NewLine = "\n" };
        int legitimate = 0;
        csv.WriteLine("transaction_id,account_id,counterparty_id,timestamp,amount,currency,type,label");
        foreach (SimulatedTransaction one in Simulator.Generate(Simulator.DefaultSeed, rows, Simulator.DefaultStart))
        {
            csv.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{one.TransactionId},{one.AccountId},{one.CounterpartyId},{one.Timestamp:O},{(one.IsCredit ? -one.Amount : one.Amount)},{one.Currency},{one.Type},{(one.IsFraud ? "1" : ++legitimate % LegitimatePerReview == 0 ? "0" : "")}"));
        }
    }
}
