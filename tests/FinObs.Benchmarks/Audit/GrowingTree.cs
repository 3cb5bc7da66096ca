using System.Text;
using FinObs.Benchmarks.Load;
using FinObs.DataPlane;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Audit.Tree;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FinObs.Benchmarks.Audit;

/// <summary>An audit log of its own, without the rest: leaves as the pipeline composes and commits them, and a sequencer that is run by hand.</summary>
internal sealed class GrowingTree : IAsyncDisposable
{
    private const string Namespace = "default";
    private const int LeavesPerCommit = 1_000;
    private const int CommitsPerRound = 16;
    private const int Accounts = 10_000;
    private const int Proofs = 400;
    private const int Samples = 4_096;
    private static readonly byte[] Payload = Encoding.UTF8.GetBytes($$"""{"text":"{{new string('x', 500)}}","v":1}""");
    private readonly LoadDatabase _file;
    private readonly ServiceProvider _services;
    private readonly IDatabase _database;
    private readonly AuditComposer _composer;
    private readonly Sequencer _sequencer;
    private readonly AuditReader _reader;
    private readonly List<Guid> _samples = new(Samples);
    private readonly Random _random = new(20260101);
    private long _size;

    private GrowingTree(LoadDatabase file, ServiceProvider services)
    {
        (_file, _services) = (file, services);
        _database = services.GetRequiredService<IDatabase>();
        _composer = services.GetRequiredService<AuditComposer>();
        _sequencer = services.GetRequiredService<Sequencer>();
        _reader = services.GetRequiredService<AuditReader>();
    }

    public static async Task<GrowingTree> OpenAsync(LoadDatabase file, string folder, CancellationToken cancellationToken)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Storage:DataFolder"] = folder,
            ["ConnectionStrings:FinObs"] = file.ConnectionString,
            ["Audit:CheckpointInterval"] = "00:00:00.050",
        }).Build();
        ServiceCollection services = new();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning));
        services.AddSingleton(configuration);
        FinObsHost.AddFinObs(services, configuration);
        ServiceProvider provider = services.BuildServiceProvider();
        await provider.GetRequiredService<Migrator>().MigrateAsync(cancellationToken);
        return new GrowingTree(file, provider);
    }

    public async Task<TreeStep> GrowToAsync(long leaves, CancellationToken cancellationToken)
    {
        long before = _size;
        (TimeSpan appending, TimeSpan sequencing) = (TimeSpan.Zero, TimeSpan.Zero);
        List<double> rounds = [];
        while (_size < leaves)
        {
            long start = TimeProvider.System.GetTimestamp();
            for (int commit = 0; commit < CommitsPerRound && _size < leaves; commit++)
            {
                await AppendAsync((int)Math.Min(LeavesPerCommit, leaves - _size), cancellationToken);
            }

            appending += TimeProvider.System.GetElapsedTime(start);
            start = TimeProvider.System.GetTimestamp();
            for (long round = start; (await _sequencer.RunAsync(cancellationToken))?.Drained > 0; round = TimeProvider.System.GetTimestamp())
            {
                rounds.Add(TimeProvider.System.GetElapsedTime(round).TotalMilliseconds);
            }

            sequencing += TimeProvider.System.GetElapsedTime(start);
        }

        await SignAsync(cancellationToken);
        double[] inclusion = await MeasureAsync(i => _reader.ProveAsync(_samples[i % _samples.Count], cancellationToken));
        double[] consistency = await MeasureAsync(_ => _reader.ProveConsistencyAsync(_random.NextInt64(1, _size), _size, cancellationToken));
        rounds.Sort();
        return new TreeStep
        {
            Leaves = _size,
            Appended = (_size - before) / appending.TotalSeconds,
            Sequenced = (_size - before) / sequencing.TotalSeconds,
            RoundP50 = rounds[rounds.Count / 2],
            InclusionP50 = inclusion[Proofs / 2],
            InclusionP99 = inclusion[Proofs * 99 / 100],
            ConsistencyP50 = consistency[Proofs / 2],
            ConsistencyP99 = consistency[Proofs * 99 / 100],
            Bytes = await _file.SizeAsync(),
        };
    }

    public async ValueTask DisposeAsync() => await _services.DisposeAsync();

    private async Task AppendAsync(int count, CancellationToken cancellationToken)
    {
        string[] subjects = [.. Enumerable.Range(0, count).Select(_ => $"account-{_random.Next(Accounts)}")];
        using AuditBatch batch = await _composer.PrepareAsync(Namespace, subjects, cancellationToken);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        ComposedLeaf[] leaves = [.. subjects.Select(subject => batch.Compose(new AuditAct
        {
            Namespace = Namespace, Kind = AuditTables.DecisionKind, At = now, Actor = "system:pipeline", Subject = subject, Ref = Guid.CreateVersion7(now), Payload = Payload,
        }))];
        await using IWriteSession session = await _database.BeginWriteAsync(cancellationToken);
        await session.InsertAsync([AuditLeaf.Table.Rows([.. leaves.Select(leaf => leaf.Leaf)]), OutboxBlock.Rows([.. leaves.Select(leaf => leaf.Outbox)])], cancellationToken);
        await session.CommitAsync(cancellationToken);
        foreach (ComposedLeaf leaf in leaves)
        {
            _size++;
            if (_samples.Count < Samples)
            {
                _samples.Add(leaf.LeafId);
            }
            else if (_random.NextInt64(_size) is var place && place < Samples)
            {
                _samples[(int)place] = leaf.LeafId;
            }
        }
    }

    /// <summary>Until a checkpoint covers every leaf.</summary>
    private async Task SignAsync(CancellationToken cancellationToken)
    {
        while (await _sequencer.RunAsync(cancellationToken) is { CheckpointIn: { } wait })
        {
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.FromMilliseconds(1), cancellationToken);
        }
    }

    private static async Task<double[]> MeasureAsync<T>(Func<int, Task<T>> prove)
    {
        double[] milliseconds = new double[Proofs];
        for (int i = 0; i < Proofs; i++)
        {
            long start = TimeProvider.System.GetTimestamp();
            await prove(i);
            milliseconds[i] = TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(milliseconds);
        return milliseconds;
    }
}
