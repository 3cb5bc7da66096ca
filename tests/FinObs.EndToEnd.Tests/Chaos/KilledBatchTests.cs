using System.Data.Common;
using System.Text.Json;
using FinObs.DataPlane.Storage;
using FinObs.Testing;

namespace FinObs.EndToEnd.Tests.Chaos;

/// <summary>A process that dies by SIGKILL in the middle of a batch loses nothing that it answered, and doubles nothing that is sent again.</summary>
public abstract class KilledBatchTests
{
    private const int Kills = 20;
    private const int Seed = 20_260_105;

    /// <summary>Enough commits in a batch that a kill meets every part of one.</summary>
    private const int ChunkItems = 1_000;

    /// <summary>All leaves so far are checked after this many kills too, not only at the end.</summary>
    private const int VerifyAfter = 7;

    /// <summary>At most; about what a chunk takes.</summary>
    private const int MomentMicroseconds = 100_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private readonly DatabaseKind _kind;
    private readonly ITestOutputHelper _output;

    private protected KilledBatchTests(DatabaseKind kind, ITestOutputHelper output)
    {
        _kind = kind;
        _output = output;
    }

    [Fact]
    public async Task Whatever_was_acknowledged_is_there_once_after_each_of_twenty_kills()
    {
        await using Installation installation = await Installation.CreateAsync(_kind);
        Random random = new(Seed);
        DataPlaneProcess host = await StartAsync(installation);
        try
        {
            int interrupted = 0;
            for (int round = 0; round < Kills; round++)
            {
                SeededBatch batch = new($"r{round:00}", Seed + round, asLines: round % 2 == 1);
                Guid before = await NewestAsync(installation);
                Crash crash = await KillInTheMiddleAsync(host, installation, batch, before, round, random);
                await host.DisposeAsync();
                host = await StartAsync(installation);
                interrupted += await CheckAsync(host, installation, batch, before, crash) ? 1 : 0;
                if (round + 1 == VerifyAfter)
                {
                    Assert.Contains("VERIFIED", await installation.RunAsync("verify", "--database"));
                }
            }

            // Each kill aims at the middle; a machine that stalls at the wrong moment may let a batch or two through.
            Assert.InRange(interrupted, Kills / 2, Kills);
            await CheckHistoryAsync(host, installation);
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    private static Task<DataPlaneProcess> StartAsync(Installation installation) => installation.StartAsync("--Pipeline:ChunkItems", $"{ChunkItems}");

    private static async Task<Guid> NewestAsync(Installation installation)
    {
        await using DbConnection connection = await installation.ConnectAsync();
        return await LedgerSnapshot.NewestAsync(connection, installation.Kind);
    }

    /// <summary>Sends a batch with single transactions beside it, and kills the host once a seeded number of its items is stored, plus a moment.</summary>
    private static async Task<Crash> KillInTheMiddleAsync(
        DataPlaneProcess host, Installation installation, SeededBatch batch, Guid before, int round, Random random)
    {
        int stored = random.Next(SeededBatch.Size * 9 / 10);
        TimeSpan moment = TimeSpan.FromMicroseconds(random.Next(MomentMicroseconds));
        SingleSender[] singles = [.. Enumerable.Range(0, 2).Select(i => SingleSender.Start(host.Client, $"r{round:00}-single-{i}", random.Next()))];
        Task<Acknowledged> sending = batch.SendAsync(host.Client, TestContext.Current.CancellationToken);
        await using (DbConnection connection = await installation.ConnectAsync())
        {
            while (!sending.IsCompleted && await LedgerSnapshot.CountSinceAsync(connection, installation.Kind, before) < stored)
            {
                await Task.Delay(Pause, TimeProvider.System, TestContext.Current.CancellationToken);
            }
        }

        // What is stored grows a chunk at a time; the moment takes the kill from a chunk's end to any place in the next one.
        await Task.Delay(moment, TimeProvider.System, TestContext.Current.CancellationToken);
        await host.KillAsync();
        Acknowledged answers = await sending;
        List<(string Body, string Answer)> answeredSingles = [];
        foreach (SingleSender sender in singles)
        {
            answeredSingles.AddRange(await sender.StopAsync());
        }

        return new Crash(round, answers, answeredSingles);
    }

    /// <summary>All that one crash must not have broken; gives whether it came in the middle of the batch.</summary>
    private async Task<bool> CheckAsync(DataPlaneProcess host, Installation installation, SeededBatch batch, Guid before, Crash crash)
    {
        await using DbConnection connection = await installation.ConnectAsync();
        Assert.Empty(await LedgerSnapshot.ContradictionsAsync(connection));
        Dictionary<string, StoredAnswer> stored = await LedgerSnapshot.AnswersSinceAsync(connection, installation.Kind, before);
        int inBatch = stored.Keys.Count(id => !id.Contains("single", StringComparison.Ordinal));
        _output.WriteLine(
            $"Kill {crash.Round + 1}: {inBatch} of the batch stored, {crash.Batch.Texts.Count} answered; {stored.Count - inBatch} single ones stored, {crash.Singles.Count} answered");
        foreach (string answer in crash.Batch.Texts.Values.Concat(crash.Singles.Select(single => single.Answer)))
        {
            AssertSame(stored, answer);
        }

        // Sent again, the batch is completed, and what was decided before is answered as it was.
        Acknowledged again = await batch.SendAsync(host.Client, TestContext.Current.CancellationToken);
        Assert.True(again.IsWhole);
        Assert.Equal(SeededBatch.Size, again.Texts.Count);
        Assert.All(crash.Batch.Texts, answer => Assert.Equal(answer.Value, again.Texts[answer.Key]));
        Dictionary<string, StoredAnswer> complete = await LedgerSnapshot.AnswersSinceAsync(connection, installation.Kind, before);
        Assert.Equal(stored.Count - inBatch + SeededBatch.Size, complete.Count);
        Assert.All(stored.Values, answer => Assert.Equal(answer, complete[answer.TransactionId]));
        Assert.All(again.Texts.Values, answer => AssertSame(complete, answer));
        foreach ((string body, string answer) in crash.Singles)
        {
            Assert.Equal(answer, await SingleSender.PostAsync(host.Client, body));
        }

        Assert.Equal(complete.Count, await LedgerSnapshot.CountSinceAsync(connection, installation.Kind, before));
        return inBatch is > 0 and < SeededBatch.Size;
    }

    /// <summary>What a sender was told is what is stored.</summary>
    private static void AssertSame(Dictionary<string, StoredAnswer> stored, string answer)
    {
        using JsonDocument told = JsonDocument.Parse(answer);
        JsonElement result = told.RootElement;
        string transactionId = result.GetProperty("transaction_id").GetString()!;
        Assert.True(stored.TryGetValue(transactionId, out StoredAnswer? row), $"{transactionId} was acknowledged and is gone.");
        string decision = result.GetProperty("decision").GetString() switch { "approve" => "Approve", "manual_review" => "Review", _ => "Block" };
        Assert.Equal(row, new StoredAnswer(transactionId, result.GetProperty("id").GetGuid(), decision, result.GetProperty("anomaly_score").GetDouble(), result.GetProperty("trace_id").GetString()));
    }

    private static async Task CheckHistoryAsync(DataPlaneProcess host, Installation installation)
    {
        await using (DbConnection connection = await installation.ConnectAsync())
        {
            Assert.Empty(await LedgerSnapshot.ContradictionsAsync(connection));
            long leaves = await LedgerSnapshot.CountSinceAsync(connection, installation.Kind, Guid.Empty);
            await AuditEvidence.CoversAsync(host.Client, leaves);
            Assert.Contains("VERIFIED", await AuditEvidence.ExportAndVerifyAsync(host.Client, leaves / 2, (leaves / 2) + 300));
        }

        Assert.Empty(await ProfileHistory.DifferencesAsync(installation));
        Assert.Contains("VERIFIED", await installation.RunAsync("verify", "--database"));
    }

    private sealed record Crash(int Round, Acknowledged Batch, IReadOnlyList<(string Body, string Answer)> Singles);
}

/// <summary>A class each, so that they run side by side.</summary>
public sealed class KilledBatchOnSqliteTests(ITestOutputHelper output) : KilledBatchTests(DatabaseKind.Sqlite, output);

/// <summary>See <see cref="KilledBatchOnSqliteTests"/>.</summary>
public sealed class KilledBatchOnPostgreSqlTests(ITestOutputHelper output) : KilledBatchTests(DatabaseKind.PostgreSql, output);
