using System.Diagnostics;
using FinObs.Benchmarks.Load;
using FinObs.DataPlane.Storage;

namespace FinObs.Benchmarks.Faults;

/// <summary>One fault: a warm rig, its peak, 80 % of it, the fault, the time after it, the accounts.</summary>
internal sealed class FaultRun(IFault fault, DatabaseKind kind, int accounts)
{
    private const string Source = "steady";
    private const double ShareOfPeak = 0.8;
    private const double Recovered = 0.9;
    private const int Connections = 64;
    private const int MostRequests = 4_000_000;
    private const int Items = 100_000;

    private static readonly TimeSpan PeakLength = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRecovery = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>Null where it cannot be run here; the reason is printed.</summary>
    public async Task<FaultOutcome?> RunAsync(CancellationToken cancellationToken)
    {
        if (fault.WhyNot(kind) is { } reason)
        {
            Console.WriteLine($"{fault.Name}, {kind}: skipped, {reason}.");
            return null;
        }

        try
        {
            await using LoadRig? rig = await fault.StartRigAsync(kind);
            if (rig is null)
            {
                Console.WriteLine($"{fault.Name}: skipped, PostgreSQL is not on this machine.");
                return null;
            }

            TransactionCorpus corpus = new(accounts, 1_000_000, TimeProvider.System.GetUtcNow());
            await rig.WarmUpAsync(corpus, TimeSpan.FromSeconds(5));
            return await StrikeAsync(rig, corpus, await PeakAsync(rig, corpus, cancellationToken), cancellationToken);
        }
        finally
        {
            await fault.CleanAsync();
        }
    }

    private static async Task<double> PeakAsync(LoadRig rig, TransactionCorpus corpus, CancellationToken cancellationToken)
    {
        SingleLoadOptions options = new() { Port = rig.Port, Connections = Connections, Duration = PeakLength, Source = "peak" };
        using SingleLoad load = new(options, corpus.Take(Items), new RequestLog(MostRequests));
        return (await load.RunAsync(cancellationToken)).RequestsPerSecond;
    }

    private async Task<FaultOutcome> StrikeAsync(LoadRig rig, TransactionCorpus corpus, double peak, CancellationToken cancellationToken)
    {
        RequestLog log = new(MostRequests);
        SingleLoadOptions options = new()
        {
            Port = rig.Port,
            Connections = Connections,
            Duration = Longest,
            Source = Source,
            RequestsPerSecond = peak * ShareOfPeak,
        };
        using SingleLoad load = new(options, corpus.Take(Items), log);
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        MemorySampler memory = new(() => rig.Host.ProcessId, () => load.Succeeded);
        await using (memory)
        {
            Task<SingleLoadResult> running = load.RunAsync(enough.Token);
            await Task.Delay(Settling, cancellationToken);
            double before = await RateAsync(load, Before, cancellationToken);
            double memoryBefore = ResidentMemory.Of(rig.Host.ProcessId);
            string words = await fault.StrikeAsync(rig, load, cancellationToken);
            TimeSpan? recovery = await RecoveryAsync(load, before, cancellationToken);
            await Task.Delay(After, cancellationToken);
            await enough.CancelAsync();
            SingleLoadResult result = await running;
            return new FaultOutcome
            {
                Fault = fault.Name,
                Database = rig.Database.Name,
                MayLoseConnections = fault.MayLoseConnections,
                RateBefore = before,
                Recovery = recovery,
                MemoryBefore = memoryBefore,
                MemoryPeak = memory.Peak,
                Load = result,
                Stored = await StoredTransactions.CheckAsync(rig.Database, Source, log),
                AuditProblem = await AuditProof.ProblemAsync(rig, cancellationToken),
                Words = words,
            };
        }
    }

    /// <summary>From now until two seconds in a row reach nine tenths; null when that takes too long.</summary>
    private static async Task<TimeSpan?> RecoveryAsync(SingleLoad load, double before, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        int inARow = 0;
        while (Stopwatch.GetElapsedTime(start) < LongestRecovery)
        {
            inARow = await RateAsync(load, TimeSpan.FromSeconds(1), cancellationToken) >= before * Recovered ? inARow + 1 : 0;
            if (inARow == 2)
            {
                return Stopwatch.GetElapsedTime(start) - TimeSpan.FromSeconds(inARow);
            }
        }

        return null;
    }

    private static async Task<double> RateAsync(SingleLoad load, TimeSpan length, CancellationToken cancellationToken)
    {
        (long start, long from) = (Stopwatch.GetTimestamp(), load.Succeeded);
        await Task.Delay(length, cancellationToken);
        return (load.Succeeded - from) / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
