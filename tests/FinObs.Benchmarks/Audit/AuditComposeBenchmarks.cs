using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Audit.Merkle;
using FinObs.DataPlane.Outbox;

namespace FinObs.Benchmarks.Audit;

/// <summary>What a batch of 10,000 pays for its proof, before anything is stored: leaves composed on one thread and on two, and the tree grown over them.</summary>
public class AuditComposeBenchmarks
{
    private const int Count = 10_000;
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly OrderedIds _ids = new();
    private Dictionary<string, SubjectKey> _keys = null!;
    private AuditAct[] _acts = null!;
    private byte[][] _hashes = null!;

    /// <summary>Distinct accounts in the batch: each costs the setup of one cipher.</summary>
    [Params(1_000, 10_000)]
    public int Accounts { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _keys = Enumerable.Range(0, Accounts).ToDictionary(
            i => $"account-{i}",
            i => new SubjectKey(Guid.CreateVersion7(Now), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), RandomNumberGenerator.GetBytes(32)));
        byte[] payload = Encoding.UTF8.GetBytes($$"""{"text":"{{new string('x', 500)}}","v":1}""");
        _acts = [.. Enumerable.Range(0, Count).Select(i => new AuditAct
        {
            Namespace = "default",
            Kind = "transaction.decided",
            At = Now,
            Actor = "system:pipeline",
            Subject = $"account-{i % Accounts}",
            Ref = Guid.CreateVersion7(Now),
            Payload = payload,
            Traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            Topic = "decision.made",
        })];
        _hashes = [.. Enumerable.Range(0, Count).Select(_ => RandomNumberGenerator.GetBytes(32))];
    }

    [Benchmark]
    public int Compose_10000_on_one_thread()
    {
        using var batch = new AuditBatch("default", _keys, _ids);
        return Compose(batch, 0, Count);
    }

    [Benchmark]
    public int Compose_10000_on_two_threads()
    {
        using var batch = new AuditBatch("default", _keys, _ids);
        using var fork = batch.Fork();
        var other = Task.Run(() => Compose(fork, Count / 2, Count));
        return Compose(batch, 0, Count / 2) + other.Result;
    }

    [Benchmark]
    public byte[] Grow_the_tree_by_10000()
    {
        var tree = new TileFrontier();
        foreach (var hash in _hashes) tree.Append(hash, static _ => { });
        return tree.Root();
    }

    private int Compose(AuditBatch batch, int from, int to)
    {
        var bytes = 0;
        for (var i = from; i < to; i++) bytes += batch.Compose(_acts[i]).Leaf.Leaf.Length;
        return bytes;
    }
}
