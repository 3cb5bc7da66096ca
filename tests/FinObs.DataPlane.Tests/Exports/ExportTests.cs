using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FinObs.DataPlane.Audit.Notes;
using FinObs.DataPlane.Exports.Verification;
using FinObs.DataPlane.Storage;
using FinObs.DataPlane.Tests.Access;
using FinObs.DataPlane.Tests.Audit;
using Microsoft.VisualBasic.FileIO;

namespace FinObs.DataPlane.Tests.Exports;

/// <summary>Asked for, made, fetched and verified over HTTP.</summary>
public class ExportTests
{
    private static readonly string[] Exporting = ["export:create", "export:read"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(AuditHarness.Databases), MemberType = typeof(AuditHarness))]
    internal async Task A_csv_reads_back_row_by_row_in_another_parser_and_starts_no_formula(DatabaseKind kind)
    {
        await using TestDataPlane host = await StartAsync(kind);
        await host.PostAsync("""[{"transaction_id":"=1+1","amount":5.25,"type":"wire","account":"a, \"b\""},{"transaction_id":"plain","amount":9800,"type":"ach","account":"+49"}]""");

        JsonElement export = await MadeAsync(host, new { type = "transactions", personalData = true });
        using TextFieldParser csv = new(new StringReader(Encoding.UTF8.GetString(await ContentAsync(host, export)))) { Delimiters = [","], HasFieldsEnclosedInQuotes = true };
        string[] header = csv.ReadFields()!;
        List<Dictionary<string, string>> rows = [];
        while (!csv.EndOfData) rows.Add(header.Zip(csv.ReadFields()!).ToDictionary(pair => pair.First, pair => pair.Second));

        rows.Sort((a, b) => string.CompareOrdinal(a["transaction_id"], b["transaction_id"])); // those of one request have ids of one moment
        Assert.Equal(["'=1+1", "plain"], rows.Select(row => row["transaction_id"]));
        Assert.Equal(["a, \"b\"", "'+49"], rows.Select(row => row["account"]));
        Assert.All(rows, row => Assert.True(Guid.TryParse(row["leaf_id"], out _)));
        Assert.Equal(2, export.GetProperty("rows").GetInt64());
    }

    [Theory, MemberData(nameof(AuditHarness.Databases), MemberType = typeof(AuditHarness))]
    internal async Task Without_leave_to_show_them_personal_data_are_tokens_the_same_for_the_same_value(DatabaseKind kind)
    {
        await using TestDataPlane host = await StartAsync(kind);
        await host.PostAsync("""[{"transaction_id":"1","amount":1,"account":"4111111111111111"},{"transaction_id":"2","amount":2,"account":"4111111111111111"},{"transaction_id":"3","amount":3,"account":"other"}]""");

        byte[] content = await ContentAsync(host, await MadeAsync(host, new { type = "transactions", format = "json" }));
        string[] accounts = [.. JsonDocument.Parse(content).RootElement.EnumerateArray().Select(row => row.GetProperty("account").GetString()!)];

        Assert.DoesNotContain("4111111111111111", Encoding.UTF8.GetString(content), StringComparison.Ordinal);
        Assert.Equal(accounts[0], accounts[1]);
        Assert.NotEqual(accounts[0], accounts[2]);
        Assert.StartsWith("tok_", accounts[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_file_that_was_signed_verifies_and_no_other_does()
    {
        await using TestDataPlane host = await StartAsync(DatabaseKind.Sqlite);
        await host.PostAsync("""[{"transaction_id":"1","amount":1},{"transaction_id":"2","amount":2}]""");
        JsonElement export = await MadeAsync(host, new { type = "transactions" });
        byte[] content = await ContentAsync(host, export);
        string manifest = await host.Client.GetStringAsync(new Uri(export.GetProperty("manifest").GetString()!, UriKind.Relative), Cancel);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), export.GetProperty("sha256").GetString());
        Assert.Equal((true, null), await VerifyAsync(host, manifest, content));
        Assert.Contains("was cut", (await VerifyAsync(host, manifest, content[..^1])).Reason, StringComparison.Ordinal);
        content[^3] ^= 1;
        Assert.Contains("was changed", (await VerifyAsync(host, manifest, content)).Reason, StringComparison.Ordinal);
        Assert.Contains("did not sign", (await VerifyAsync(host, manifest.Replace("\"rows\":\"2\"", "\"rows\":\"3\"", StringComparison.Ordinal), content)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manifest_opens_only_with_the_key_that_signed_it()
    {
        await using TestDataPlane host = await StartAsync(DatabaseKind.Sqlite);
        JsonElement export = await MadeAsync(host, new { type = "audit" });
        string manifest = await host.Client.GetStringAsync(new Uri(export.GetProperty("manifest").GetString()!, UriKind.Relative), Cancel);
        NoteVerifier key = NoteVerifier.Parse((await host.Client.GetStringAsync(new Uri("/v1/audit/key", UriKind.Relative), Cancel)).TrimEnd('\n'));
        using NoteSigner stranger = new(key.Name, new byte[NoteSigner.SeedSize]);

        Assert.Equal(export.GetProperty("id").GetGuid(), ExportManifest.Open(manifest, key).Id);
        Assert.Throws<FormatException>(() => ExportManifest.Open(manifest, stranger.Verifier));
        Assert.Throws<FormatException>(() => ExportManifest.Open("{}", key));
    }

    [Fact]
    public async Task Who_asked_and_who_fetched_is_in_the_log_and_in_the_story_of_the_export()
    {
        await using TestDataPlane host = await StartAsync(DatabaseKind.Sqlite);
        JsonElement export = await MadeAsync(host, new { type = "audit", format = "json" });
        await ContentAsync(host, export);

        JsonElement acts = await host.GetAsync("/v1/audit/acts?kind=export.*&tag=SEC%2017a-4");
        Assert.Equal(["export.downloaded", "export.made", "export.requested"], acts.GetProperty("items").EnumerateArray().Select(act => act.GetProperty("kind").GetString()));
        JsonElement story = await host.GetAsync($"/v1/audit/story/{export.GetProperty("id").GetGuid()}");
        Assert.Equal(["export.made", "export.downloaded"], story.GetProperty("items").EnumerateArray().Select(act => act.GetProperty("kind").GetString()));
        Assert.Equal("local", acts.GetProperty("items")[0].GetProperty("actor").GetString());
    }

    [Fact]
    public async Task Users_are_exported_by_those_who_may_list_them_and_without_their_names()
    {
        await using OidcHost host = await OidcHost.StartAsync();
        string admin = await host.Issuer.TokenAsync("ada", "admin");
        JsonElement key = (await host.AskAsync(HttpMethod.Post, "/v1/access/keys", OidcHost.OperatorKey, new { name = "exporter", permissions = Exporting })).Body;
        await host.IdOfAsync(await host.Issuer.TokenAsync("viewer-person", "viewer"));

        (HttpStatusCode refused, JsonElement why) = await host.AskAsync(HttpMethod.Post, "/v1/exports", key.GetProperty("key").GetString(), new { type = "users" });
        string id = (await host.AskAsync(HttpMethod.Post, "/v1/exports", admin, new { type = "users", format = "json", filters = new { role = "viewer" } })).Body.GetProperty("id").GetString()!;
        while ((await host.GetAsync($"/v1/exports/{id}", admin)).Body.GetProperty("status").GetString() != "Ready") await Task.Yield();
        (HttpStatusCode status, JsonElement rows) = await host.GetAsync($"/v1/exports/{id}/content", admin);

        Assert.Equal(HttpStatusCode.Forbidden, refused);
        Assert.Contains("user:list", why.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, status);
        JsonElement row = Assert.Single(rows.EnumerateArray());
        Assert.Equal(("viewer", "true"), (row.GetProperty("roles_of_issuer").GetString(), row.GetProperty("is_active").GetRawText()));
        Assert.DoesNotContain("viewer-person", rows.GetRawText(), StringComparison.Ordinal);
        Assert.StartsWith("tok_", row.GetProperty("subject").GetString(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(AuditHarness.Databases), MemberType = typeof(AuditHarness))]
    internal async Task Where_people_must_agree_nothing_is_made_before_they_did(DatabaseKind kind)
    {
        await using OidcHost host = await OidcHost.StartAsync(kind, "--Approvals:Policies:export.create:Enabled", "true");
        string asker = await host.Issuer.TokenAsync("asker", "compliance");
        string officer = await host.Issuer.TokenAsync("officer", "compliance");
        JsonElement export = (await host.AskAsync(HttpMethod.Post, "/v1/exports", asker, new { type = "audit", reason = "exam" })).Body;
        string id = export.GetProperty("id").GetString()!;
        Assert.Equal("AwaitingApproval", export.GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.Conflict, (await host.GetAsync($"/v1/exports/{id}/content", asker)).Status);

        string path = $"/v1/approvals/{export.GetProperty("approvalId").GetGuid()}";
        JsonElement request = (await host.GetAsync(path, officer)).Body.GetProperty("request");
        object word = new { boundHash = request.GetProperty("boundHash").GetString(), reason = "The examiner asked for it." };
        Assert.Equal(HttpStatusCode.Forbidden, (await host.AskAsync(HttpMethod.Post, $"{path}/approve", asker, word)).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.AskAsync(HttpMethod.Post, $"{path}/approve", officer, word)).Status);

        while ((await host.GetAsync($"/v1/exports/{id}", asker)).Body.GetProperty("status").GetString() != "Ready") await Task.Yield();
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync($"/v1/exports/{id}/content", asker)).Status);
    }

    [Theory, MemberData(nameof(AuditHarness.Databases), MemberType = typeof(AuditHarness))]
    internal async Task A_schedule_makes_one_export_a_time_however_many_replicas_there_are(DatabaseKind kind)
    {
        string[] nightly = ["--Exports:Schedules:0:Name", "nightly", "--Exports:Schedules:0:Type", "audit", "--Exports:Schedules:0:Cron", "0 0 * * *", "--Exports:Period", "00:00:00.100", "--Models:BuiltIn", "false"];
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, nightly);
        await using TestDataPlane replica = await host.StartReplicaAsync(nightly);

        // Asked for by hand after the schedule had its turn on both: when this one is ready, so is that of the clock.
        await MadeAsync(host, new { type = "audit" });
        JsonElement[] exports = [.. (await replica.GetAsync("/v1/exports?type=audit")).GetProperty("items").EnumerateArray()];

        JsonElement made = Assert.Single(exports, export => export.TryGetProperty("schedule", out JsonElement name) && name.GetString() == "nightly");
        Assert.Equal(("schedule:nightly", "Ready"), (made.GetProperty("requestedBy").GetString(), made.GetProperty("status").GetString()));
        JsonElement scope = made.GetProperty("scope");
        Assert.Equal(TimeSpan.FromDays(1), scope.GetProperty("to").GetDateTimeOffset() - scope.GetProperty("from").GetDateTimeOffset());
    }

    [Theory]
    [InlineData("""{"type":"nothing"}""", "type is one of agent-actions, audit")]
    [InlineData("""{"type":"transactions","format":"xml"}""", "csv or json")]
    [InlineData("""{"type":"transactions","filters":{"decision":"maybe"}}""", "decision is approve")]
    [InlineData("""{"type":"transactions","filters":{"colour":"red"}}""", "knows no filter colour")]
    [InlineData("""{"type":"transactions","from":"2026-01-02T00:00:00Z","to":"2026-01-01T00:00:00Z"}""", "from is before to")]
    public async Task What_cannot_be_meant_is_refused_and_says_what_can(string body, string why)
    {
        await using TestDataPlane host = await StartAsync(DatabaseKind.Sqlite);
        using HttpResponseMessage answer = await host.Client.PostAsync(new Uri("/v1/exports", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"), Cancel);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains(why, await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    internal static Task<TestDataPlane> StartAsync(DatabaseKind kind) => TestDataPlane.StartAsync(kind, "--Models:BuiltIn", "false");

    internal static async Task<JsonElement> MadeAsync(TestDataPlane host, object request)
    {
        using HttpResponseMessage asked = await host.Client.PostAsJsonAsync(new Uri("/v1/exports", UriKind.Relative), request, Cancel);
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        while (true)
        {
            JsonElement export = await host.GetAsync(asked.Headers.Location!.ToString());
            if (export.GetProperty("status").GetString() is "Ready" or "Failed") return export;
            await Task.Yield();
        }
    }

    internal static async Task<byte[]> ContentAsync(TestDataPlane host, JsonElement export) =>
        await host.Client.GetByteArrayAsync(new Uri(export.GetProperty("content").GetString()!, UriKind.Relative), Cancel);

    private static async Task<(bool Verified, string? Reason)> VerifyAsync(TestDataPlane host, string manifest, byte[] content)
    {
        using MultipartFormDataContent form = new() { { new StringContent(manifest), "manifest", "manifest.json" }, { new ByteArrayContent(content), "file", "export.csv" } };
        using HttpResponseMessage answer = await host.Client.PostAsync(new Uri("/v1/exports/verify", UriKind.Relative), form, Cancel);
        JsonElement body = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        return (body.GetProperty("verified").GetBoolean(), body.TryGetProperty("reason", out JsonElement reason) ? reason.GetString() : null);
    }
}
