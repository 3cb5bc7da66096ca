namespace FinObs.Benchmarks.Scale;

/// <summary>What one transaction costs, as measured.</summary>
/// <param name="DataPlaneMicroseconds">Processor time of the data plane.</param>
/// <param name="DatabaseMicroseconds">Processor time of PostgreSQL.</param>
/// <param name="LogBytes">Write-ahead log.</param>
/// <param name="StoredBytes">Tables and indexes, after it.</param>
/// <param name="RequestBytes">Request and answer on the network.</param>
internal sealed record CostPerTransaction(
    double DataPlaneMicroseconds, double DatabaseMicroseconds, double LogBytes, double StoredBytes, double RequestBytes);

/// <summary>What a rate needs of machines. Linear in the rate: nothing here is shared between namespaces but the sequencer and the disk of the log.</summary>
internal sealed record Need(double Rate, CostPerTransaction Cost)
{
    /// <summary>Processors are planned to be busy for this share, so that peaks and a lost replica have room.</summary>
    public const double Utilisation = 0.6;

    /// <summary>Processors of one data-plane replica.</summary>
    public const double ReplicaProcessors = 4;

    /// <summary>Processors of one large database server.</summary>
    public const double ServerProcessors = 64;

    /// <summary>Bytes a second of log that one server's disk takes for hours.</summary>
    public const double ServerLogBytes = 500e6;

    /// <summary>One leaf in the tree costs the sequencer this much; it is one worker for each database.</summary>
    public const double SequencerMicroseconds = 8;

    public double DataPlaneProcessors => Rate * Cost.DataPlaneMicroseconds / 1e6 / Utilisation;

    public double Replicas => Math.Max(2, Math.Ceiling(DataPlaneProcessors / ReplicaProcessors));

    public double DatabaseProcessors => Rate * Cost.DatabaseMicroseconds / 1e6 / Utilisation;

    public double LogBytesPerSecond => Rate * Cost.LogBytes;

    public double StoredBytesPerDay => Rate * Cost.StoredBytes * 86_400;

    public double NetworkBitsPerSecond => Rate * Cost.RequestBytes * 8;

    /// <summary>Of the one worker's time; above 1 it cannot follow.</summary>
    public double SequencerLoad => Rate * SequencerMicroseconds / 1e6;

    /// <summary>Databases, each with its own log of the audit: by processors, by the disk of the log, by the sequencer; the largest counts.</summary>
    public double Databases => Math.Max(1, Math.Ceiling(Math.Max(DatabaseProcessors / ServerProcessors, Math.Max(LogBytesPerSecond / ServerLogBytes, SequencerLoad / Utilisation))));

    public string BreaksFirst
    {
        get
        {
            (double Load, string What)[] loads =
            [
                (DatabaseProcessors / ServerProcessors, "the database's processors"),
                (LogBytesPerSecond / ServerLogBytes, "the disk of the write-ahead log"),
                (SequencerLoad / Utilisation, "the sequencer, one worker a database"),
            ];
            return loads.MaxBy(load => load.Load).What;
        }
    }
}
