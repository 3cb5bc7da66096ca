using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FinObs.DataPlane.Audit.Verification;
using FinObs.DataPlane.Decisions.Rules.Lists;
using FinObs.DataPlane.Storage;
using FinObs.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Decisions.Rules;

/// <summary>Lists by the API: they decide at once, here and in other replicas, and the table names nobody.</summary>
public sealed class ListsApiTests : IDisposable
{
    private const string Rules = """
        rules:
          - {id: denied, version: 1, type: denyList, regulation: internal policy, outcome: block, field: counterparty, list: bad}
        lists:
          - {name: bad, note: Stopped, entries: [from-the-file]}
        """;

    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private readonly TemporaryFolder _folder = new();

    public ListsApiTests() => File.WriteAllText(_folder.Combine("rules.yaml"), Rules);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task An_entry_decides_from_the_answer_on_until_it_is_taken_off(DatabaseKind kind)
    {
        await using TestDataPlane host = await StartAsync(kind);
        Assert.Equal(["approve", "block"], [await DecisionAsync(host, "t-1", "mr-x"), await DecisionAsync(host, "t-2", "from-the-file")]);

        using HttpResponseMessage added = await AddAsync(host, new { value = "mr-x", note = "as asked" });
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        Assert.Equal("block", await DecisionAsync(host, "t-3", "mr-x"));
        using HttpResponseMessage again = await AddAsync(host, new { value = "mr-x" });
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);

        JsonElement page = await host.GetAsync("/v1/lists/bad/entries");
        Assert.Equal((1, "mr-x", "local"), (page.GetProperty("entriesOfFiles").GetInt32(), page.GetProperty("items")[0].GetProperty("value").GetString(), page.GetProperty("items")[0].GetProperty("addedBy").GetString()));
        await using (FinObsDbContext db = host.Services.GetRequiredService<IDatabase>().CreateContext())
        {
            ListEntryRow row = await db.Set<ListEntryRow>().SingleAsync(Ct);
            Assert.DoesNotContain("mr-x", System.Text.Encoding.Latin1.GetString(row.Sealed) + row.Token, StringComparison.Ordinal);
        }

        Uri entry = new($"/v1/lists/bad/entries/{page.GetProperty("items")[0].GetProperty("id").GetString()}", UriKind.Relative);
        using HttpResponseMessage removed = await host.Client.DeleteAsync(entry, Ct);
        using HttpResponseMessage twice = await host.Client.DeleteAsync(entry, Ct);
        Assert.Equal([HttpStatusCode.NoContent, HttpStatusCode.NotFound], [removed.StatusCode, twice.StatusCode]);
        Assert.Equal("approve", await DecisionAsync(host, "t-4", "mr-x"));
        using HttpResponseMessage anew = await AddAsync(host, new { value = "mr-x" });
        Assert.Equal(HttpStatusCode.Created, anew.StatusCode);
        Assert.Equal(0, (await host.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(pinned: null, [], Ct)).Lies);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task Of_many_at_once_one_puts_it_on(DatabaseKind kind)
    {
        await using TestDataPlane host = await StartAsync(kind);

        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AddAsync(host, new { value = "mr-x" })));

        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        Assert.Equal(7, answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict));
        Array.ForEach(answers, answer => answer.Dispose());
    }

    [Fact]
    public async Task Another_replica_hears_of_it()
    {
        await using TestDataPlane host = await StartAsync(DatabaseKind.PostgreSql);
        await using TestDataPlane other = await host.StartReplicaAsync("--Rules:Path", _folder.FullPath, "--Changes:PollPeriod", "01:00:00");
        Assert.Equal("approve", await DecisionAsync(other, "t-0", "mr-x"));

        using HttpResponseMessage added = await AddAsync(host, new { value = "mr-x" });

        int i = 1;
        while (await DecisionAsync(other, $"t-{i++}", "mr-x") != "block")
        {
            Ct.ThrowIfCancellationRequested();
        }
    }

    [Fact]
    public async Task What_is_not_valid_is_refused_with_what_to_do()
    {
        await using TestDataPlane host = await StartAsync(DatabaseKind.Sqlite);

        Assert.Equal((422, "expiresAt must lie in the future; leave it out for an entry without an end."), await ProblemAsync(await AddAsync(host, new { value = "x", expiresAt = "2020-01-01T00:00:00Z" })));
        Assert.Equal(422, (await ProblemAsync(await AddAsync(host, new { value = " " }))).Status);
        using HttpResponseMessage nowhere = await host.Client.PostAsJsonAsync("/v1/lists/nowhere/entries", new { value = "x" }, Ct);
        Assert.Equal((404, "No list nowhere is declared. Declare it under `lists` in the rules files; declared are: bad."), await ProblemAsync(nowhere));
    }

    private static async Task<(int Status, string? Detail)> ProblemAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            return ((int)answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("detail").GetString());
        }
    }

    private Task<TestDataPlane> StartAsync(DatabaseKind kind) => TestDataPlane.StartAsync(kind, "--Rules:Path", _folder.FullPath);

    private static Task<HttpResponseMessage> AddAsync(TestDataPlane host, object entry) => host.Client.PostAsJsonAsync("/v1/lists/bad/entries", entry, Ct);

    private static async Task<string?> DecisionAsync(TestDataPlane host, string id, string counterparty) =>
        (await host.PostAsync(JsonSerializer.Serialize(new { transaction_id = id, amount = 20, type = "card", account = "a-1", counterparty }))).GetProperty("results")[0].GetProperty("decision").GetString();
}
