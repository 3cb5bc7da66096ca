using System.Net;
using System.Text.Json;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Tree;
using FinObs.DataPlane.Audit.Verification;
using FinObs.DataPlane.Decisions;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Resources;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Audit.Anchors;

/// <summary>A backup is restored under a running history: it is found out at the start, and goes on only after a person accepted the loss.</summary>
public class RestoredDatabaseTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task A_restored_backup_is_refused_until_its_loss_is_accepted_and_that_is_recorded_for_ever(DatabaseKind kind)
    {
        await using DatabaseCopy database = await DatabaseCopy.CreateAsync(kind);
        await RunAsync(database, "kept-1", "kept-2");
        await database.BackUpAsync();
        await RunAsync(database, "lost-1", "lost-2", "lost-3");
        await database.RestoreAsync();
        string published = await File.ReadAllTextAsync(Directory.EnumerateFiles(database.Folder, "audit-checkpoints*.txt").Single(), Stop);

        await using (TestDataPlane host = await database.StartAsync())
        {
            (HttpStatusCode status, string why) = await AskAsync(host, "/health/ready");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.Contains("has published", why, StringComparison.Ordinal);
            Assert.Contains("accept-restore", why, StringComparison.Ordinal);

            using HttpResponseMessage refused = await host.SendAsync("""{"transaction_id":"new-0","amount":5,"account":"a"}""");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Contains("accept-restore", await refused.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(host, "/v1/audit/checkpoint")).Status);

            Assert.Equal(0, await AcceptAsync(database));
            await Door.UntilAsync(async () => (await AskAsync(host, "/health/ready")).Status, ready => ready == HttpStatusCode.OK);
            await ProvenAsync(host, "new-1");

            VerificationReport report = await VerifyAsync(host, published);
            Assert.True(report.Lies == 0, string.Join('\n', report.Findings));
            Assert.Equal(0, report.ExitCode);
            Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.Restored && finding.What.Contains("accepted as restored", StringComparison.Ordinal));
            Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.Restored && finding.Where.Contains("from outside", StringComparison.Ordinal));
        }

        // Rolled back once more, it is found once more: an accepted loss excuses nothing but what it names.
        await database.RestoreAsync();
        await using (TestDataPlane host = await database.StartAsync())
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await AskAsync(host, "/health/ready")).Status);
        }
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task A_database_of_another_history_is_accepted_only_by_force(DatabaseKind kind)
    {
        await using DatabaseCopy database = await DatabaseCopy.CreateAsync(kind);
        await using (TestDataPlane empty = await database.StartAsync())
        {
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(empty, "/health/ready")).Status);
        }

        await database.BackUpAsync();
        await RunAsync(database, "true-1", "true-2");

        // With the same keys another history is written and signed, as whoever owns the host could: longer than the one that was published.
        string file = Directory.EnumerateFiles(database.Folder, "audit-checkpoints*.txt").Single();
        await database.RestoreAsync();
        File.Move(file, file + ".kept");
        await RunAsync(database, "forged-1", "forged-2", "forged-3");
        File.Move(file + ".kept", file, overwrite: true);

        await using TestDataPlane host = await database.StartAsync();
        Assert.Contains("--force", (await AskAsync(host, "/health/ready")).Body, StringComparison.Ordinal);
        Assert.Equal(1, await AcceptAsync(database));
        Assert.Equal(0, await AcceptAsync(database, "--force"));
        await Door.UntilAsync(async () => (await AskAsync(host, "/health/ready")).Status, ready => ready == HttpStatusCode.OK);
        await ProvenAsync(host, "new-1");
        VerificationReport report = await VerifyAsync(host, "");
        Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.Restored && finding.What.Contains("forced", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_nothing_is_lost_there_is_nothing_to_accept()
    {
        await using DatabaseCopy database = await DatabaseCopy.CreateAsync(DatabaseKind.Sqlite);
        await RunAsync(database, "a-1");
        Assert.Equal(0, await AcceptAsync(database));
        await using TestDataPlane host = await database.StartAsync();
        Assert.DoesNotContain((await VerifyAsync(host, "")).Findings, finding => finding.Kind == FindingKind.Restored);
    }

    /// <summary>A host takes these in, signs a tree over them and ends.</summary>
    private static async Task RunAsync(DatabaseCopy database, params string[] transactions)
    {
        await using TestDataPlane host = await database.StartAsync();
        foreach (string id in transactions)
        {
            await ProvenAsync(host, id);
        }
    }

    /// <summary>Sends a transaction and waits until its leaf can be proven.</summary>
    internal static async Task ProvenAsync(TestDataPlane host, string id)
    {
        JsonElement answer = await host.PostAsync($$"""{"transaction_id":"{{id}}","amount":5,"account":"a"}""");
        Guid transaction = answer.GetProperty("results")[0].GetProperty("id").GetGuid();
        await using FinObsDbContext db = host.Services.GetRequiredService<IDatabase>().CreateContext();
        Guid leaf = db.Decisions.Single(row => row.Id == transaction).LeafId;
        await Door.UntilAsync(async () => (await AskAsync(host, $"/v1/audit/leaves/{leaf}/proof")).Status, status => status == HttpStatusCode.OK);
    }

    private static Task<int> AcceptAsync(DatabaseCopy database, params string[] more) => FinObsCommands.RunAsync(
        ["accept-restore", "--reason", "the disk died", "--by", "Ana", .. more, "--Storage:DataFolder", database.Folder, "--ConnectionStrings:FinObs", database.ConnectionString]);

    private static async Task<VerificationReport> VerifyAsync(TestDataPlane host, string checkpoints)
    {
        IReadOnlyList<PublishedCheckpoint> anchors = [.. CheckpointFile.Parse(checkpoints)];
        return await host.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(host.Services.GetRequiredService<AuditKeyring>().Signer.Verifier, anchors, Stop);
    }

    private static async Task<(HttpStatusCode Status, string Body)> AskAsync(TestDataPlane host, string path)
    {
        using HttpResponseMessage answer = await host.Client.GetAsync(new Uri(path, UriKind.Relative), Stop);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }
}
