using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Models;
using FinObs.DataPlane.Models.Artifacts;
using FinObs.DataPlane.Retraining.Runs;
using FinObs.DataPlane.Retraining.Windows;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Artifacts;
using FinObs.Scoring.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Retraining.Local;

/// <summary>Carries out one run on this machine: window and parent as files for the child, report and artifact from it.</summary>
internal sealed partial class LocalRun(
    IDatabase database, TrainingWindows windows, WindowStream stream, RunClaims claims, RunResults results, ArtifactStore artifacts, RetrainingTool tool, DataFolder data, ProfileSettings units,
    IOptions<LedgerOptions> ledger, IOptions<RetrainingOptions> options, TimeProvider time, ILogger<LocalRun> logger)
{
    private const int BadInput = 1;
    private const int LongestFailure = 1_000;

    /// <summary>The worker as the log names it.</summary>
    public const string Worker = "system:retraining";

    public async Task RunAsync(RetrainingRunRow run, CancellationToken cancellationToken)
    {
        if (tool.Find() is not { } start)
        {
            await FailAsync(run, "The retraining tool is not there: name it by Retraining:Tool, or set Retraining:Runner to None where Jobs train.", cancellationToken);
            return;
        }

        string folder = data.File($"retraining-{run.Id:N}-{run.Attempt}");
        Directory.CreateDirectory(folder);
        try
        {
            TrainingWindowRow window = (await windows.FindAsync(run.WindowId, cancellationToken))!;
            await PrepareAsync(run, window, start, folder, cancellationToken);
            int? code = await ExecuteAsync(run, start, folder, cancellationToken);
            await EndAsync(run, folder, code, cancellationToken);
        }
        catch (WindowChangedException changed)
        {
            await FailAsync(run, changed.Message, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task PrepareAsync(RetrainingRunRow run, TrainingWindowRow window, ProcessStartInfo start, string folder, CancellationToken cancellationToken)
    {
        string file = Path.Combine(folder, "window.csv.gz");
        await using (GZipStream zip = new(File.Create(file), CompressionLevel.Fastest))
        {
            await stream.WriteAsync(window, zip, cancellationToken);
        }

        List<string> arguments =
        [
            "run", "--window", file, "--model", run.Model, "--version", run.CandidateVersion!, "--out", Path.Combine(folder, "candidate"), "--report", Path.Combine(folder, "report.json"),
            "--base-currency", units.BaseCurrency, "--time-zone", units.TimeZone, "--trained-at", window.To.ToString("O", CultureInfo.InvariantCulture),
        ];
        if (run.ParentDigest is not null && await ParentAsync(run.ParentDigest, cancellationToken) is { } parent)
        {
            string path = Path.Combine(folder, "parent.zip");
            await File.WriteAllBytesAsync(path, parent, cancellationToken);
            arguments.AddRange(["--parent", path]);
        }

        if (ledger.Value.ExchangeRatesFile is { } rates) arguments.AddRange(["--rates", Path.GetFullPath(rates)]);
        arguments.ForEach(start.ArgumentList.Add);
    }

    private async Task<byte[]?> ParentAsync(string digest, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.Artifacts.Where(row => row.Digest == digest).Select(row => row.Zip).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>The exit code; null where it was stopped because the run is over or another worker's.</summary>
    private async Task<int?> ExecuteAsync(RetrainingRunRow run, ProcessStartInfo start, string folder, CancellationToken cancellationToken)
    {
        using Process child = Process.Start(start) ?? throw new InvalidOperationException("The retraining tool did not start.");
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        child.StandardInput.Close();
        ChildProgress said = new();
        Task[] pipes = [ReadAsync(child.StandardOutput, said.Hear), WriteErrorsAsync(child.StandardError, Path.Combine(folder, "errors.txt"))];
        Task<bool> watch = WatchAsync(run, said, stop.Token);
        try
        {
            Task exit = child.WaitForExitAsync(cancellationToken);
            if (await Task.WhenAny(exit, watch) == watch && !await watch) return null;
            await exit;
            await Task.WhenAll(pipes);
            return child.ExitCode;
        }
        finally
        {
            await stop.CancelAsync();
            if (!child.HasExited) child.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Holds the lease while the child works; false once it is lost.</summary>
    private async Task<bool> WatchAsync(RetrainingRunRow run, ChildProgress said, CancellationToken cancellationToken)
    {
        TimeSpan period = TimeSpan.FromTicks(Math.Min(options.Value.Lease.Ticks / 4, TimeSpan.TicksPerSecond));
        using PeriodicTimer timer = new(period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                if (!await claims.ProgressAsync(run.Id, run.Lease!, said.Fraction, said.Step, cancellationToken)) return false;
            }
        }
        catch (OperationCanceledException)
        {
            // The child has ended.
        }

        return true;
    }

    private async Task EndAsync(RetrainingRunRow run, string folder, int? code, CancellationToken cancellationToken)
    {
        switch (code)
        {
            case null:
                Stopped(logger, run.Id);
                return;
            case 0:
                string report = await File.ReadAllTextAsync(Path.Combine(folder, "report.json"), cancellationToken);
                string candidate = Path.Combine(folder, "candidate");
                string? digest = Directory.Exists(candidate) ? await SaveAsync(candidate, cancellationToken) : null;
                if (await results.TakeAsync(run.Id, new RunResult(run.Lease!, null, report, digest), Worker, cancellationToken) is ResultOutcome.Invalid invalid)
                {
                    await FailAsync(run, invalid.Why, cancellationToken);
                }

                return;
            case BadInput:
                await FailAsync(run, await LastErrorAsync(folder, cancellationToken), cancellationToken);
                return;
            default:
                // It died. The lease runs out, and the next attempt begins.
                Died(logger, run.Id, run.Attempt, code.Value);
                return;
        }
    }

    private async Task<string> SaveAsync(string folder, CancellationToken cancellationToken)
    {
        ModelArtifact artifact = ModelArtifact.Read(folder);
        await artifacts.SaveAsync(artifact, ArtifactOrigins.Uploaded, Worker, cancellationToken);
        return artifact.Digest;
    }

    private async Task FailAsync(RetrainingRunRow run, string why, CancellationToken cancellationToken) =>
        await results.TakeAsync(run.Id, new RunResult(run.Lease!, why.Length > LongestFailure ? why[..LongestFailure] : why, null, null), Worker, cancellationToken);

    private static async Task<string> LastErrorAsync(string folder, CancellationToken cancellationToken)
    {
        string text = (await File.ReadAllTextAsync(Path.Combine(folder, "errors.txt"), cancellationToken)).ReplaceLineEndings(" ").Trim();
        int error = text.LastIndexOf("error: ", StringComparison.Ordinal);
        return error >= 0 ? text[(error + "error: ".Length)..] : "The retraining tool could not use the window.";
    }

    private static async Task ReadAsync(StreamReader reader, Action<string> hear)
    {
        while (await reader.ReadLineAsync() is { } line) hear(line);
    }

    private static async Task WriteErrorsAsync(StreamReader reader, string path)
    {
        await using FileStream file = File.Create(path);
        await reader.BaseStream.CopyToAsync(file);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Retraining run {Run} was stopped, or another worker has it.")]
    private static partial void Stopped(ILogger logger, Guid run);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The worker of retraining run {Run}, attempt {Attempt}, ended with {Code}: the next begins when its lease is over.")]
    private static partial void Died(ILogger logger, Guid run, int attempt, int code);
}

/// <summary>Where the child says it is: lines <c>progress 0.42 growing trees</c>.</summary>
internal sealed class ChildProgress
{
    private volatile Said _said = new(0, null);

    public double Fraction => _said.Fraction;

    public string? Step => _said.Step;

    public void Hear(string line)
    {
        if (line.Split(' ', 3) is ["progress", var number, var step] && double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double fraction))
        {
            _said = new Said(Math.Clamp(fraction, 0, 1), step);
        }
    }

    private sealed record Said(double Fraction, string? Step);
}
