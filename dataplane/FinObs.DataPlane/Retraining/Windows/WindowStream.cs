using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Ledger;
using FinObs.DataPlane.Ledger.Labels;
using FinObs.DataPlane.Storage;
using Microsoft.EntityFrameworkCore;

namespace FinObs.DataPlane.Retraining.Windows;

/// <summary>The rows of a window can no longer be read as they were read first.</summary>
internal sealed class WindowChangedException(string message) : Exception(message);

/// <summary>
/// A window as CSV of the import schema, in the order of receipt, one page in memory at a time. Accounts and counterparties leave as tokens: features need to know which are the same, not which they are. Ids are ours, as
/// senders' may name people. No feature of the catalogue reads <c>meta</c>, so none leaves.
/// </summary>
internal sealed class WindowStream(IDatabase database, AuditKeyring keyring, TrainingWindows windows)
{
    private const int Page = 2_000;
    private const string Header = "transaction_id,account_id,counterparty_id,timestamp,amount,currency,type,label\n";

    /// <summary>Writes all of it, and keeps its digest at the first time.</summary>
    /// <returns>The digest of what was written.</returns>
    /// <exception cref="WindowChangedException">It is not what it was at the first time.</exception>
    public async Task<string> WriteAsync(TrainingWindowRow window, Stream to, CancellationToken cancellationToken)
    {
        using IncrementalHash digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        StringBuilder text = new(Header);
        long rows = 0;
        Guid until = Partitions.FirstIdAt(window.To);
        for (Guid last = Partitions.FirstIdAt(window.From); ;)
        {
            List<TransactionRow> page = await PageAsync(window, last, until, cancellationToken);
            Dictionary<Guid, TransactionLabel> labels = page.Count == 0 ? [] : await LabelsAsync(window, page[0].Id, page[^1].Id, cancellationToken);
            foreach (TransactionRow row in page)
            {
                Append(text, window, row, labels.TryGetValue(row.Id, out TransactionLabel label) ? label : null);
            }

            byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
            text.Clear();
            digest.AppendData(bytes);
            await to.WriteAsync(bytes, cancellationToken);
            rows += page.Count;
            if (page.Count < Page)
            {
                break;
            }

            last = page[^1].Id;
        }

        string found = "sha256:" + Convert.ToHexStringLower(digest.GetHashAndReset());
        return await windows.SealAsync(window, found, rows, cancellationToken)
            ? found
            : throw new WindowChangedException($"The window {window.Id} is not what it was when it was first read: data of it were erased since. Freeze a new one.");
    }

    private async Task<List<TransactionRow>> PageAsync(TrainingWindowRow window, Guid last, Guid until, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        return await db.Transactions.Where(row => row.Namespace == window.Namespace && row.Id > last && row.Id < until).OrderBy(row => row.Id).Take(Page).ToListAsync(cancellationToken);
    }

    /// <summary>The last word on each as of then; "withdrawn" is no label.</summary>
    private async Task<Dictionary<Guid, TransactionLabel>> LabelsAsync(TrainingWindowRow window, Guid first, Guid last, CancellationToken cancellationToken)
    {
        await using FinObsDbContext db = database.CreateContext();
        var words = await db.LabelHistory.Where(row => row.TransactionRef >= first && row.TransactionRef <= last && row.At <= window.AsOf && row.Namespace == window.Namespace)
            .OrderBy(row => row.TransactionRef).ThenBy(row => row.Revision).Select(row => new { row.TransactionRef, row.Label }).ToListAsync(cancellationToken);
        Dictionary<Guid, TransactionLabel> labels = [];
        words.ForEach(word => labels[word.TransactionRef] = word.Label);
        return labels;
    }

    private void Append(StringBuilder text, TrainingWindowRow window, TransactionRow row, TransactionLabel? said)
    {
        text.Append(row.Id).Append(',').Append(Token(window, row.AccountId)).Append(',').Append(Token(window, row.CounterpartyId)).Append(',')
            .Append(row.OccurredAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture)).Append(',')
            .Append(row.IsCredit && row.Amount != 0 ? "-" : "").Append(row.Amount.ToString("0.##########", CultureInfo.InvariantCulture)).Append(',')
            .Append(row.Currency).Append(',').Append(Quoted(row.Type)).Append(',').Append(Label(window, row, said)).Append('\n');
    }

    /// <summary>What people said goes before what came with the import.</summary>
    private static string Label(TrainingWindowRow window, TransactionRow row, TransactionLabel? said) => said switch
    {
        TransactionLabel.Fraud => "1",
        TransactionLabel.Withdrawn => "",
        TransactionLabel.Legitimate => (window.AsOf - row.ReceivedAt).TotalMicroseconds >= window.Maturity ? "0" : "",
        _ => row.Label switch { true => "1", false => "0", null => "" },
    };

    private string Token(TrainingWindowRow window, string? id) => id is null ? "" : keyring.Token(window.Namespace, id);

    private static string Quoted(string text) => text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
