using System.Diagnostics;
using System.Text;
using FinObs.Benchmarks.Load;
using FinObs.Benchmarks.Load.Http;

namespace FinObs.Benchmarks.Soak;

/// <summary>A fresh process on a database that has been in use.</summary>
/// <param name="Ready">From its start to ready (target: 2 s).</param>
/// <param name="FirstPost">Its first POST of one transaction.</param>
/// <param name="SecondPost">The next one.</param>
/// <param name="FirstList">Its first list.</param>
/// <param name="AtRest">Resident MB some seconds later.</param>
internal sealed record StartFigures(TimeSpan Ready, TimeSpan FirstPost, TimeSpan SecondPost, TimeSpan FirstList, double AtRest)
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    /// <summary>Restarts the data plane and measures it.</summary>
    /// <param name="rig">Its database stays warm.</param>
    /// <param name="source">A source that has not been used before.</param>
    public static async Task<StartFigures> MeasureAsync(LoadRig rig, string source)
    {
        await rig.RestartHostAsync();
        using BlockingConnection connection = new(rig.Port);
        TimeSpan first = Post(connection, source, 0);
        TimeSpan second = Post(connection, source, 1);
        long start = Stopwatch.GetTimestamp();
        connection.Get("/v1/transactions?limit=50");
        TimeSpan list = Stopwatch.GetElapsedTime(start);
        await Task.Delay(Settling);
        return new StartFigures(rig.StartToReady, first, second, list, ResidentMemory.Of(rig.Host.ProcessId));
    }

    public override string ToString() =>
        $"ready after {Ready.TotalSeconds:0.00} s, first POST {FirstPost.TotalMilliseconds:0} ms, second {SecondPost.TotalMilliseconds:0.0} ms, " +
        $"first list {FirstList.TotalMilliseconds:0} ms, at rest {AtRest:0} MB";

    private static TimeSpan Post(BlockingConnection connection, string source, int number)
    {
        byte[] body = Encoding.UTF8.GetBytes($$"""{"transaction_id":"load-{{number:D12}}","account":"occ-000017","counterparty":"shop-1","type":"card","amount":12.50,"currency":"EUR"}""");
        long start = Stopwatch.GetTimestamp();
        AnswerReader answer = connection.Post($"/webhooks/transactions?source={source}", body);
        TimeSpan taken = Stopwatch.GetElapsedTime(start);
        return answer.Status == 200 ? taken : throw new InvalidDataException($"The first POST was answered {answer.Status}.");
    }
}
