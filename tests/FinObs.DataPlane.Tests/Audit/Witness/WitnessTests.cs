using System.Net;
using System.Text.Json;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Audit.Anchors;
using FinObs.DataPlane.Tests.Resources;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Audit.Witness;

/// <summary>Checkpoints go to a witness over HTTP, and what it keeps is held against the database at the start.</summary>
public class WitnessTests
{
    private static readonly CancellationToken Stop = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_witness_keeps_a_growing_tree_and_its_failures_stop_nothing()
    {
        await using TestWitness witness = await TestWitness.StartAsync();
        await using DatabaseCopy database = await DatabaseCopy.CreateAsync(DatabaseKind.Sqlite);
        string token = Path.Combine(database.Folder, "token");
        await File.WriteAllTextAsync(token, "s3cret\n", Stop);
        await using TestDataPlane host = await StartAsync(database, witness, "--Audit:Witness:TokenFile", token);

        await SendAsync(host, "w-1");
        await Door.UntilAsync(() => Task.FromResult(witness.Kept?.Size ?? 0), size => size >= 1);
        Assert.Equal("Bearer s3cret", witness.Authorization);

        witness.Away = true;
        await SendAsync(host, "w-2");
        await Door.UntilAsync(() => Task.FromResult(witness.Refused), refused => refused > 0);
        await SendAsync(host, "w-3");
        long kept = witness.Kept!.Size;
        witness.Away = false;
        await Door.UntilAsync(() => Task.FromResult(witness.Kept!.Size), size => size >= kept + 2);
        Assert.Equal(HttpStatusCode.OK, await ReadyAsync(host));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task A_rollback_of_database_and_data_folder_is_found_by_the_witness(DatabaseKind kind)
    {
        await using TestWitness witness = await TestWitness.StartAsync();
        await using DatabaseCopy database = await DatabaseCopy.CreateAsync(kind);
        await RunAsync(database, witness, "w-1");
        await database.BackUpAsync();
        await RunAsync(database, witness, "w-2");
        await database.RestoreAsync();
        File.Delete(Directory.EnumerateFiles(database.Folder, "audit-checkpoints*.txt").Single());

        await using (TestDataPlane host = await StartAsync(database, witness))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReadyAsync(host));
        }

        int accepted = await FinObsCommands.RunAsync(
            ["accept-restore", "--reason", "x", "--by", "y", "--Audit:Witness:Url", witness.Url.ToString(), "--Storage:DataFolder", database.Folder, "--ConnectionStrings:FinObs", database.ConnectionString]);
        Assert.Equal(0, accepted);
        await using TestDataPlane open = await StartAsync(database, witness);
        Assert.Equal(HttpStatusCode.OK, await ReadyAsync(open));
    }

    [Theory]
    [InlineData("false", HttpStatusCode.OK)]
    [InlineData("true", HttpStatusCode.ServiceUnavailable)]
    public async Task A_witness_that_is_away_at_the_start_holds_nobody_up_unless_it_is_required(string required, HttpStatusCode ready)
    {
        await using TestWitness witness = await TestWitness.StartAsync();
        witness.Away = true;
        await using DatabaseCopy database = await DatabaseCopy.CreateAsync(DatabaseKind.Sqlite);
        await using TestDataPlane host = await StartAsync(database, witness, "--Audit:Witness:Required", required);
        Assert.Equal(ready, await ReadyAsync(host));
    }

    private static async Task RunAsync(DatabaseCopy database, TestWitness witness, string id)
    {
        await using TestDataPlane host = await StartAsync(database, witness);
        await RestoredDatabaseTests.ProvenAsync(host, id);
        long signed = (await host.Services.GetRequiredService<AuditReader>().LatestCheckpointAsync(Stop))!.Size;
        await Door.UntilAsync(() => Task.FromResult(witness.Kept?.Size ?? 0), size => size >= signed);
    }

    private static async Task<TestDataPlane> StartAsync(DatabaseCopy database, TestWitness witness, params string[] args)
    {
        TestDataPlane host = await database.StartAsync(["--Audit:Witness:Url", witness.Url.ToString(), "--Audit:Witness:Interval", "00:00:00.100", .. args]);
        witness.Log = host.Services.GetRequiredService<AuditKeyring>().Signer.Verifier;
        return host;
    }

    private static Task<JsonElement> SendAsync(TestDataPlane host, string id) => host.PostAsync($$"""{"transaction_id":"{{id}}","amount":5,"account":"a"}""");

    private static async Task<HttpStatusCode> ReadyAsync(TestDataPlane host)
    {
        using HttpResponseMessage answer = await host.Client.GetAsync(new Uri("/health/ready", UriKind.Relative), Stop);
        return answer.StatusCode;
    }
}
