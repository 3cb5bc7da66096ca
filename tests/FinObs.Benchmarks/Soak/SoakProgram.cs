using System.CommandLine;
using System.Diagnostics;
using FinObs.Benchmarks.Load;
using FinObs.Benchmarks.Load.Http;
using FinObs.DataPlane.Storage;

namespace FinObs.Benchmarks.Soak;

/// <summary><c>soak [--transactions N]</c>: batches and single POSTs in turn, with an eye on the working set.</summary>
internal static class SoakProgram
{
    private const string BatchSource = "soak-batch";
    private const string SingleSource = "soak-single";
    private const int BatchSize = 10_000;
    private const int BatchesInARow = 4;
    private const int SinglesInARow = 10_000;
    private const int PerCycle = (BatchesInARow * BatchSize) + SinglesInARow;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongRest = TimeSpan.FromSeconds(30);

    public static Command CreateCommand()
    {
        Option<int> transactions = new("--transactions") { Description = "How many are stored.", DefaultValueFactory = _ => 1_000_000 };
        Option<int> accounts = new("--accounts") { Description = "Accounts of the simulated bank.", DefaultValueFactory = _ => new LoadSettings().Accounts };
        Command command = new("soak", "Store a million transactions and watch the memory.") { DatabaseOption.Instance, transactions, accounts };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            foreach (DatabaseKind kind in DatabaseOption.Of(parsed))
            {
                if (await RunAsync(kind, parsed.GetValue(transactions), parsed.GetValue(accounts), cancellationToken) is { } outcome)
                {
                    Console.WriteLine(outcome);
                    SoakPage.Write(kind, outcome);
                }
            }
        });
        return command;
    }

    /// <summary>Null where there is no PostgreSQL.</summary>
    private static async Task<SoakOutcome?> RunAsync(DatabaseKind kind, int transactions, int accounts, CancellationToken cancellationToken)
    {
        await using LoadRig? rig = await LoadRig.TryStartAsync(kind);
        if (rig is null)
        {
            Console.WriteLine("PostgreSQL: not on this machine, skipped.");
            return null;
        }

        await Task.Delay(Rest, cancellationToken);
        double before = ResidentMemory.Of(rig.Host.ProcessId);
        TransactionCorpus corpus = new(accounts, transactions + PerCycle, TimeProvider.System.GetUtcNow());
        RequestLog singles = new(transactions);
        long batched = 0;
        TimeSpan busy = TimeSpan.Zero;
        MemorySampler memory = new(() => rig.Host.ProcessId, () => batched + singles.Acknowledged);
        await using (memory)
        {
            while (batched + singles.Acknowledged < transactions)
            {
                busy += PostBatches(rig, corpus, ref batched);
                busy += await PostSinglesAsync(rig, corpus, singles, cancellationToken);
            }
        }

        await Task.Delay(LongRest, cancellationToken);
        double after = ResidentMemory.Of(rig.Host.ProcessId);
        StoredTransactions inBatches = await StoredTransactions.CheckAsync(rig.Database, BatchSource, (int)batched);
        StoredTransactions asSingles = await StoredTransactions.CheckAsync(rig.Database, SingleSource, singles);
        long stored = batched + singles.Acknowledged;
        return new SoakOutcome
        {
            Database = rig.Database.Name,
            Transactions = stored,
            AtRestBefore = before,
            AtRestAfter = after,
            Peak = memory.Peak,
            Course = memory.Course(10),
            Slope = memory.SlopePer100000(),
            TransactionsPerSecond = stored / busy.TotalSeconds,
            Stored = $"in batches {inBatches}, singly {asSingles}",
            Restart = await StartFigures.MeasureAsync(rig, "restart"),
        };
    }

    private static TimeSpan PostBatches(LoadRig rig, TransactionCorpus corpus, ref long batched)
    {
        using BlockingConnection connection = new(rig.Port);
        TimeSpan busy = TimeSpan.Zero;
        for (int i = 0; i < BatchesInARow; i++)
        {
            byte[] body = corpus.TakeArray(BatchSize, batched);
            long start = Stopwatch.GetTimestamp();
            AnswerReader answer = connection.Post($"/webhooks/transactions?source={BatchSource}", body);
            busy += Stopwatch.GetElapsedTime(start);
            batched += answer.Status == 200 ? BatchSize : throw new InvalidDataException($"A batch was answered {answer.Status}.");
        }

        return busy;
    }

    private static async Task<TimeSpan> PostSinglesAsync(LoadRig rig, TransactionCorpus corpus, RequestLog log, CancellationToken cancellationToken)
    {
        SingleLoadOptions options = new()
        {
            Port = rig.Port,
            Connections = 64,
            Duration = TimeSpan.FromMinutes(10),
            Requests = SinglesInARow,
            Source = SingleSource,
        };
        using SingleLoad load = new(options, corpus.Take(SinglesInARow), log);
        return (await load.RunAsync(cancellationToken)).Elapsed;
    }
}
