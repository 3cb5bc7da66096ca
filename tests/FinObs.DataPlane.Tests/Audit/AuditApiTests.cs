using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FinObs.DataPlane.Audit;
using FinObs.DataPlane.Audit.Leaves;
using FinObs.DataPlane.Audit.Merkle;
using FinObs.DataPlane.Audit.Notes;
using FinObs.DataPlane.Audit.Verification;
using FinObs.DataPlane.Outbox;
using FinObs.DataPlane.Storage;
using FinObs.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FinObs.DataPlane.Tests.Audit;

/// <summary>The slice as the host runs it: its registrations, its worker on the real clock, its endpoints on a real port.</summary>
public sealed class AuditApiTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private WebApplication _app = null!;
    private HttpClient _client = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Storage:DataFolder"] = _folder.FullPath, ["Audit:Origin"] = "bank.example/audit" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddStorage(builder.Configuration);
        builder.Services.AddOutbox();
        builder.Services.AddAudit(builder.Configuration);
        builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Add(new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver()));
        _app = builder.Build();
        _app.MapAudit();
        await using (var db = _app.Services.GetRequiredService<IDatabase>().CreateContext()) await db.Database.EnsureCreatedAsync(Stop);
        await _app.StartAsync(Stop);
        var address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        _client = new HttpClient { BaseAddress = new Uri(address) };
    }

    [Fact]
    public async Task A_committed_act_is_soon_proven_over_the_api_and_by_an_export_that_needs_no_server()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync("/v1/audit/checkpoint", Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _client.GetAsync("/v1/audit/export", Stop)).StatusCode);

        var leafId = await CommitAsync();
        var proof = await UntilProvenAsync(leafId);
        var key = NoteVerifier.Parse((await _client.GetStringAsync("/v1/audit/key", Stop)).TrimEnd('\n'));
        Assert.Equal("bank.example/audit", key.Name);
        var checkpoint = Checkpoint.Open(proof.GetProperty("checkpoint").GetString()!, key);
        var leaf = await _client.GetFromJsonAsync<JsonElement>($"/v1/audit/leaves/{leafId}", Stop);
        var bytes = leaf.GetProperty("leaf").GetBytesFromBase64();
        var hashes = proof.GetProperty("hashes").EnumerateArray().Select(h => h.GetBytesFromBase64()).ToList();
        Assert.Equal("0", leaf.GetProperty("index").GetString());
        Assert.True(MerkleProof.VerifyInclusion(MerkleHash.Leaf(bytes), 0, checkpoint.Size, hashes, checkpoint.Root));

        Assert.Equal(checkpoint.Size, Checkpoint.Open(await _client.GetStringAsync("/v1/audit/checkpoint", Stop), key).Size);
        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync("/v1/audit/consistency?from=0&to=1", Stop)).StatusCode);

        await using var export = await _client.GetStreamAsync("/v1/audit/export?from=0", Stop);
        var report = ExportVerifier.Verify(export, key, []);
        Assert.Empty(report.Findings);
        Assert.Equal(1, report.Payloads);
    }

    [Theory]
    [InlineData("/v1/audit/leaves/00000000-0000-0000-0000-000000000000", 404)]
    [InlineData("/v1/audit/leaves/00000000-0000-0000-0000-000000000000/proof", 404)]
    [InlineData("/v1/audit/consistency?from=5&to=4", 400)]
    [InlineData("/v1/audit/consistency?from=0&to=1000000", 400)]
    [InlineData("/v1/audit/export?from=-1", 400)]
    [InlineData("/v1/audit/export?from=99999999", 400)]
    public async Task What_is_not_there_is_a_problem_that_says_what_to_do(string path, int status)
    {
        var answer = await _client.GetAsync(path, Stop);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.NotEmpty((await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("detail").GetString()!);
    }

    [Fact]
    public async Task The_verify_command_checks_a_file_and_a_database_and_answers_by_exit_code()
    {
        await UntilProvenAsync(await CommitAsync());
        var file = _folder.Combine("export.ndjson");
        await File.WriteAllBytesAsync(file, await _client.GetByteArrayAsync("/v1/audit/export", Stop), Stop);
        var key = (await _client.GetStringAsync("/v1/audit/key", Stop)).TrimEnd('\n');
        var published = _folder.Combine("audit-checkpoints.txt");

        Assert.Equal((0, "VERIFIED"), await RunAsync(file, "--key", key, "--checkpoint", published));
        Assert.Equal((0, "VERIFIED"), await RunAsync("--database"));
        Assert.Equal((2, ""), await RunAsync(file + ".missing"));
        Assert.Equal((2, ""), await RunAsync(file, "--key", "nonsense"));
        Assert.Equal((2, ""), await RunAsync());

        var bytes = await File.ReadAllBytesAsync(file, Stop);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Stop);
        Assert.Equal((1, "NOT TRUE"), await RunAsync(file));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    private async Task<(int Code, string Verdict)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var parsed = VerifyCommand.Create(_ => _app.Services).Parse(args);
        parsed.InvocationConfiguration.Output = output;
        parsed.InvocationConfiguration.Error = error;
        var code = await parsed.InvokeAsync(cancellationToken: Stop);
        return (code, output.ToString().TrimEnd().Split('\n')[^1].TrimEnd());
    }

    private async Task<Guid> CommitAsync()
    {
        var (database, time) = (_app.Services.GetRequiredService<IDatabase>(), _app.Services.GetRequiredService<TimeProvider>());
        using var batch = await _app.Services.GetRequiredService<AuditComposer>().PrepareAsync("default", ["acct"], Stop);
        var leaf = batch.Compose(new AuditAct
        {
            Namespace = "default",
            Kind = "test.act",
            At = time.GetUtcNow(),
            Actor = "system:test",
            Subject = "acct",
            Ref = Guid.CreateVersion7(time.GetUtcNow()),
            Payload = AuditHarness.Payload("x"),
        });
        await using var session = await database.BeginWriteAsync(Stop);
        await session.InsertAsync(AuditLeaf.Table, [leaf.Leaf], Stop);
        await session.InsertAsync(OutboxBlock.Table, OutboxBlock.Of([leaf.Outbox]), Stop);
        await session.CommitAsync(Stop);
        _app.Services.GetRequiredService<OutboxSignal>().Raise();
        return leaf.LeafId;
    }

    /// <summary>Asks until the worker has numbered and signed; the test's own timeout bounds it.</summary>
    private async Task<JsonElement> UntilProvenAsync(Guid leafId)
    {
        while (true)
        {
            var answer = await _client.GetAsync($"/v1/audit/leaves/{leafId}/proof", Stop);
            if (answer.IsSuccessStatusCode) return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
            Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
            Assert.Equal("1", answer.Headers.RetryAfter?.ToString());
            await Task.Yield();
        }
    }
}
