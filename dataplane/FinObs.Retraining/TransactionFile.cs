using FinObs.Scoring.Features;
using FinObs.Scoring.Training;
using Spectre.Console;

namespace FinObs.Retraining;

/// <summary>A file of transactions, read whole.</summary>
/// <param name="Table">Its transactions in time order.</param>
/// <param name="Rejected">Lines that were no transaction.</param>
internal sealed record TransactionFile(TransactionTable Table, long Rejected)
{
    private const int ShownRejects = 5;
    private const int LinesPerReport = 5_000;

    /// <summary>Reads a file, showing progress, and says on standard error what was rejected.</summary>
    public static TransactionFile Load(string path, ProgressContext progress, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new InputException($"There is no file {path}.");
        }

        using TransactionCsvReader reader = TransactionCsvReader.Open(path);
        ProgressTask task = progress.AddTask("reading", maxValue: Math.Max(1, new FileInfo(path).Length));
        var table = new TransactionTable();
        long rejected = 0;
        foreach (TransactionCsvItem item in reader.Read())
        {
            if (item is TransactionCsvItem.Row row)
            {
                table.Add(row);
            }
            else if (item is TransactionCsvItem.Reject reject && ++rejected <= ShownRejects)
            {
                Terminal.Messages.MarkupLineInterpolated($"[yellow]line {reject.Line} rejected:[/] {reject.Reason}");
            }

            if ((table.Count + rejected) % LinesPerReport == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                task.Value = reader.BytesRead;
            }
        }

        task.Value = task.MaxValue;
        Report(table, rejected);
        return new TransactionFile(table, rejected);
    }

    /// <summary>Base currency and zone: those asked for, else what the first rows say.</summary>
    public ProfileSettings Settings(int trainRows, string? baseCurrency, string timeZone)
    {
        string currency = baseCurrency?.ToUpperInvariant() ?? Table.MainCurrency(trainRows);
        var settings = new ProfileSettings(currency, timeZone);
        _ = settings.Zone();
        return settings;
    }

    private static void Report(TransactionTable table, long rejected)
    {
        if (rejected > 0)
        {
            Terminal.Messages.MarkupLineInterpolated($"[yellow]{rejected:N0} lines rejected, {table.Count:N0} read.[/]");
        }

        if (table.Count == 0)
        {
            throw new InputException("The file has no usable transaction.");
        }

        if (!table.Sort())
        {
            Terminal.Messages.MarkupLine("[yellow]The file is not in time order: sorted by timestamp.[/]");
        }
    }
}
