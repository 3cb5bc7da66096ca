using System.Data.Common;
using System.Diagnostics;
using FinObs.Benchmarks.Load;
using FinObs.Benchmarks.Load.Http;
using FinObs.Benchmarks.Soak;

namespace FinObs.Benchmarks.Growth;

/// <summary>Fills one database step by step.</summary>
internal sealed class GrowingDatabase(LoadRig rig, int accounts, long transactions)
{
    private const string Source = "grow";
    private const int BatchSize = 10_000;
    private const int Reads = 300;

    // Bodies are written before the clock starts; so many at a time are held.
    private const int BodiesHeld = 20;
    private const double LeastFreeShare = 0.05;

    private readonly TransactionCorpus _corpus = new(accounts, transactions, TimeProvider.System.GetUtcNow());
    private long _stored = -1;
    private long _bytes;

    public int Accounts => _corpus.Accounts;

    /// <summary>Fills up to a number and measures; null where there are so many already.</summary>
    public async Task<GrowthStep?> GrowToAsync(long target, CancellationToken cancellationToken)
    {
        if (_stored < 0)
        {
            _stored = await CountAsync();
            SkipWhatIsStored();
        }

        if (_stored >= target)
        {
            return null;
        }

        LatencyHistogram batches = new();
        long before = _stored;
        double seconds = Fill(target, batches, cancellationToken);
        ReadLatencies reads = ReadLatencies.Measure(rig.Port, Source, _stored, Reads);
        StartFigures start = await StartFigures.MeasureAsync(rig, $"restart-{_stored}");
        _bytes = await rig.Database.SizeAsync();
        return new GrowthStep(_stored, (_stored - before) / seconds, batches, reads, start, _bytes);
    }

    /// <summary>By what the transactions so far have taken, and once again as much for the log.</summary>
    public bool WouldFillTheDisk(long more)
    {
        DriveInfo drive = new(Path.GetTempPath());
        return drive.AvailableFreeSpace - (2.0 * _bytes / _stored * more) < drive.TotalSize * LeastFreeShare;
    }

    private double Fill(long target, LatencyHistogram batches, CancellationToken cancellationToken)
    {
        using BlockingConnection connection = new(rig.Port);
        double seconds = 0;
        while (_stored < target)
        {
            int count = (int)Math.Min(BodiesHeld, (target - _stored + BatchSize - 1) / BatchSize);
            byte[][] bodies = [.. Enumerable.Range(0, count).Select(i => _corpus.TakeArray(BatchSize, _stored + ((long)i * BatchSize)))];
            foreach (byte[] body in bodies)
            {
                cancellationToken.ThrowIfCancellationRequested();
                long start = Stopwatch.GetTimestamp();
                AnswerReader answer = connection.Post($"/webhooks/transactions?source={Source}", body);
                TimeSpan taken = Stopwatch.GetElapsedTime(start);
                batches.Record(taken);
                seconds += taken.TotalSeconds;
                _stored += answer.Status == 200 ? BatchSize : throw new InvalidDataException($"A batch was answered {answer.Status}.");
            }
        }

        return seconds;
    }

    private void SkipWhatIsStored()
    {
        for (long skipped = 0; skipped < _stored; skipped += BatchSize)
        {
            _corpus.Skip(BatchSize);
        }
    }

    private async Task<long> CountAsync()
    {
        await using DbConnection connection = await rig.Database.ConnectAsync();
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM transactions WHERE source = '{Source}'";
        command.CommandTimeout = 600;
        return Convert.ToInt64(await command.ExecuteScalarAsync());
    }
}
