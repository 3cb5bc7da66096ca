using System.IO.Compression;
using System.Security.Cryptography;
using FinObs.Scoring.Training;

namespace FinObs.Retraining.Runs;

/// <summary>A window read whole, in time order.</summary>
/// <param name="Table">Its transactions.</param>
/// <param name="Rejected">Lines that were none.</param>
/// <param name="Digest">SHA-256 of the CSV before compression, as the data plane states it.</param>
internal sealed record WindowFile(TransactionTable Table, long Rejected, string Digest)
{
    private const int LinesPerReport = 20_000;

    /// <exception cref="InputException">There is no file, or no transaction in it.</exception>
    public static WindowFile Read(string path, Action<double, string> say, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new InputException($"There is no file {path}.");
        }

        string digest = DigestOf(path, cancellationToken);
        double length = Math.Max(1, new FileInfo(path).Length);
        using TransactionCsvReader reader = TransactionCsvReader.Open(path);
        TransactionTable table = new();
        long rejected = 0;
        foreach (TransactionCsvItem item in reader.Read())
        {
            if (item is TransactionCsvItem.Row row)
            {
                table.Add(row);
            }
            else
            {
                rejected++;
            }

            if ((table.Count + rejected) % LinesPerReport == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                say(reader.BytesRead / length, "reading");
            }
        }

        table.Sort();
        return new WindowFile(table, rejected, digest);
    }

    private static string DigestOf(string path, CancellationToken cancellationToken)
    {
        using FileStream file = File.OpenRead(path);
        bool isGzip = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        using Stream text = isGzip ? new GZipStream(file, CompressionMode.Decompress) : file;
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 16];
        for (int read; (read = text.Read(buffer)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
        }

        return "sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
