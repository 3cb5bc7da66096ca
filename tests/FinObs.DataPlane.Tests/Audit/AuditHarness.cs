using System.Text;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Canonical;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Audit.Tree;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Outbox.Words;
using FinObs.DataPlane.Storage;
using FinObs.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FinObs.DataPlane.Tests.Audit;

/// <summary>The audit log on a fresh database of either kind, with a clock that stands still until told.</summary>
internal sealed class AuditHarness : IAsyncDisposable
{
    public const string Namespace = "default";
    public const string Kind = "test.act";
    private readonly TemporaryFolder _folder = new();
    private readonly TestDatabase? _postgres;
    private readonly IDatabase _opened;

    private AuditHarness(TestDatabase? postgres, Func<IDatabase, IDatabase> wrap)
    {
        _postgres = postgres;
        Folder = new DataFolder(_folder.FullPath);
        _opened = StorageServices.Open(postgres?.ConnectionString, Folder);
        Database = wrap(_opened);
        Keyring = new AuditKeyring(Options, Folder);
        Keys = NewKeys();
        Composer = new AuditComposer(Keys, Ids);
        File = new CheckpointFile(Folder, Database);
        Sequencer = NewSequencer();
        Reader = new AuditReader(Database);
    }

    public static TheoryData<DatabaseKind> Databases => [DatabaseKind.Sqlite, DatabaseKind.PostgreSql];

    public DataFolder Folder { get; }
    public IDatabase Database { get; }
    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    public IOptions<AuditOptions> Options { get; } = Microsoft.Extensions.Options.Options.Create(new AuditOptions());
    public OrderedIds Ids { get; } = new();
    public AuditKeyring Keyring { get; }
    public SubjectKeys Keys { get; }
    public AuditComposer Composer { get; }
    public CheckpointFile File { get; }
    public Sequencer Sequencer { get; private set; }
    public AuditReader Reader { get; }
    public CancellationToken Stop { get; } = TestContext.Current.CancellationToken;

    public static async Task<AuditHarness> StartAsync(DatabaseKind kind, Func<IDatabase, IDatabase>? wrap = null)
    {
        var harness = new AuditHarness(kind == DatabaseKind.PostgreSql ? await PostgreSqlServer.CreateDatabaseAsync() : null, wrap ?? (d => d));
        await using (var db = harness.Database.CreateContext()) await db.Database.EnsureCreatedAsync();
        foreach (var sql in new ISchemaExtra[] { new Partitions(harness.Time), new AuditSchema() }.SelectMany(e => e.Statements(kind)))
        {
            // Partitions of other slices' tables are none of ours.
            if (sql.Contains("audit_", StringComparison.Ordinal) || sql.Contains("FUNCTION", StringComparison.Ordinal)) await harness.ExecuteAsync(sql);
        }
        return harness;
    }

    /// <summary>A sequencer that has just started: another process, or this one after a kill.</summary>
    public Sequencer NewSequencer() => Sequencer = new Sequencer(Database, new TreeStates(File), Keyring, new SingleProcess(), Time, Options);

    public SubjectKeys NewKeys() => new(Database, Keyring, Ids, Time);

    public static byte[] Payload(string text)
    {
        var json = new CanonicalJsonWriter();
        json.BeginObject();
        json.Property("text"u8, text);
        json.Property("v"u8, 1);
        json.EndObject();
        return json.Written.ToArray();
    }

    public AuditAct Act(string text, string? subject = "acct-1", string? topic = null, string @namespace = Namespace, string kind = Kind) => new()
    {
        Namespace = @namespace,
        Kind = kind,
        At = Time.GetUtcNow(),
        Actor = "system:test",
        Subject = subject,
        Ref = Guid.CreateVersion7(Time.GetUtcNow()),
        Payload = Payload(text),
        Traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        Topic = topic,
    };

    public async Task<List<ComposedLeaf>> CommitAsync(params IReadOnlyList<AuditAct> acts)
    {
        var leaves = new List<ComposedLeaf>();
        foreach (var group in acts.GroupBy(a => a.Namespace))
        {
            using var batch = await Composer.PrepareAsync(group.Key, group.Select(a => a.Subject), Stop);
            foreach (var act in group) leaves.Add(batch.Compose(act));
        }
        await using var session = await Database.BeginWriteAsync(Stop);
        await session.InsertAsync(AuditLeaf.Table, [.. leaves.Select(l => l.Leaf)], Stop);
        await session.InsertAsync(OutboxBlock.Table, OutboxBlock.Of([.. leaves.Select(l => l.Outbox)]), Stop);
        await session.CommitAsync(Stop);
        return leaves;
    }

    public Task<List<ComposedLeaf>> CommitAsync(int count, string prefix = "act") =>
        CommitAsync([.. Enumerable.Range(0, count).Select(i => Act($"{prefix} {i}", $"acct-{i % 7}"))]);

    /// <summary>Numbers everything and signs it.</summary>
    public async Task<SequencerRound> SequenceAsync()
    {
        while ((await RoundAsync()).Drained > 0) continue;
        Time.Advance(TimeSpan.FromSeconds(2));
        return await RoundAsync();
    }

    private async Task<SequencerRound> RoundAsync()
    {
        var round = (await Sequencer.RunAsync(Stop))!;
        if (round.Published is { } checkpoint) File.Append(checkpoint);
        return round;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var session = await _opened.BeginWriteAsync(Stop);
        await using var command = session.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Stop);
        await session.CommitAsync(Stop);
    }

    /// <summary>What an attacker with the owner's rights does first.</summary>
    public async Task DropTriggersAsync(string table)
    {
        if (Database.Kind == DatabaseKind.Sqlite)
        {
            await ExecuteAsync($"DROP TRIGGER {table}_no_update");
            await ExecuteAsync($"DROP TRIGGER {table}_no_delete");
            return;
        }
        await ExecuteAsync($"ALTER TABLE {table} DISABLE TRIGGER USER");
    }

    public string Literal(Guid id) => Database.Kind == DatabaseKind.Sqlite ? $"x'{Convert.ToHexString(id.ToByteArray(bigEndian: true))}'" : $"'{id}'";

    public string Literal(byte[] bytes) => Database.Kind == DatabaseKind.Sqlite ? $"x'{Convert.ToHexString(bytes)}'" : $"'\\x{Convert.ToHexString(bytes)}'";

    public static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    public async ValueTask DisposeAsync()
    {
        Keyring.Dispose();
        if (_opened is IAsyncDisposable disposable) await disposable.DisposeAsync();
        if (_postgres is not null) await _postgres.DisposeAsync();
        if (Database.Kind == DatabaseKind.Sqlite) Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }
}
