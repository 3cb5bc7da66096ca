using System.CommandLine;
using FinObs.Scoring.Training;

namespace FinObs.DataPlane.Ingestion;

/// <summary><c>import FILE [--namespace --source --limit --rejects]</c>: any CSV of the schema into the database, through the pipeline.</summary>
internal static class ImportCommand
{
    /// <summary>The command.</summary>
    /// <param name="open">Makes a started host with the pipeline in it; the command stops it.</param>
    public static Command Create(Func<CancellationToken, Task<IHost>> open)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "A .csv or .csv.gz whose first line names transaction_id, timestamp, amount, …" };
        var @namespace = new Option<string>("--namespace") { Description = "The tenant.", DefaultValueFactory = _ => IngestQuery.DefaultNamespace };
        var source = new Option<string>("--source") { Description = "A part of the identity: the same file under another source is other transactions.", DefaultValueFactory = _ => "import" };
        var limit = new Option<long>("--limit") { Description = "Rows to read at most.", DefaultValueFactory = _ => long.MaxValue };
        var rejects = new Option<FileInfo?>("--rejects") { Description = "A CSV file to write rejected lines to: line, code, reason." };
        var command = new Command("import", "Load a file of transactions; running it again completes an interrupted import.") { file, @namespace, source, limit, rejects };
        command.SetAction((result, ct) => RunAsync(
            open,
            result.GetRequiredValue(file),
            new ImportSettings(result.GetRequiredValue(@namespace), result.GetRequiredValue(source), result.GetValue(limit)),
            result.GetValue(rejects),
            ct));
        return command;
    }

    private static async Task<int> RunAsync(
        Func<CancellationToken, Task<IHost>> open, FileInfo file, ImportSettings settings, FileInfo? rejectsFile, CancellationToken ct)
    {
        if (!IngestQuery.IsNamespace(settings.Namespace) || !IngestQuery.IsSource(settings.Source))
        {
            return await FailAsync("--namespace is a DNS label, --source a word of a-z, 0-9, _, . and -.");
        }

        TransactionCsvReader reader;
        try
        {
            reader = TransactionCsvReader.Open(file.FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return await FailAsync(e.Message);
        }

        using (reader)
        {
            await using StreamWriter? rejects = rejectsFile is null ? null : new StreamWriter(rejectsFile.Create());
            using IHost host = await open(ct);
            ImportSummary summary = await ImportAsync(host.Services, reader, file, settings, rejects, ct);
            await host.StopAsync(CancellationToken.None);
            summary.WriteTo(Console.Out);
            return summary.StoppedBecause is null ? 0 : 1;
        }
    }

    private static async Task<ImportSummary> ImportAsync(
        IServiceProvider services, TransactionCsvReader reader, FileInfo file, ImportSettings settings, TextWriter? rejects, CancellationToken ct)
    {
        var importer = ActivatorUtilities.CreateInstance<TransactionImporter>(services);
        ImportSummary? summary = null;
        await ConsoleProgress.RunAsync(
            $"Importing {file.Name}",
            file.Length,
            async report =>
            {
                summary = await importer.ImportAsync(reader, settings, () => report(reader.BytesRead), rejects, ct);
                report(summary.StoppedBecause is null ? file.Length : reader.BytesRead);
            });
        return summary!;
    }

    private static async Task<int> FailAsync(string message)
    {
        await Console.Error.WriteLineAsync(message);
        return 2;
    }
}
