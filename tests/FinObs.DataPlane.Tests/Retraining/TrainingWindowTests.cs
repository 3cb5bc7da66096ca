using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FinObs.DataPlane.Audit.Verification;
using FinObs.DataPlane.Storage;
using FinObs.Scoring.Training;
using Microsoft.Extensions.DependencyInjection;

namespace FinObs.DataPlane.Tests.Retraining;

/// <summary>Frozen and read over HTTP.</summary>
public sealed class TrainingWindowTests
{
    private static readonly string[] Settings = ["--Retraining:Runner", "None", "--Retraining:Settle", "00:00:00"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task A_window_read_twice_has_the_same_bytes_whatever_is_said_or_sent_in_between(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, Settings);
        JsonElement[] sent = await SendAsync(host, 3);
        await LabelAsync(host, sent[0], "fraud");
        await LabelAsync(host, sent[1], "legitimate");
        string id = await FreezeAsync(host);
        byte[] first = await ReadAsync(host, id);

        await LabelAsync(host, sent[0], "withdrawn");
        await LabelAsync(host, sent[2], "fraud");
        await SendAsync(host, 2);

        Assert.Equal(first, await ReadAsync(host, id));
        JsonElement info = await host.GetAsync($"/v1/training-windows/{id}/info");
        Assert.Equal("sha256:" + Convert.ToHexStringLower(SHA256.HashData(first)), info.GetProperty("dataDigest").GetString());
        Assert.Equal(3, info.GetProperty("rows").GetInt64());
        VerificationReport report = await host.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(null, [], Cancel);
        Assert.True(report.Lies == 0, string.Join('\n', report.Findings.Select(finding => finding.What)));
    }

    [Theory, MemberData(nameof(SliceWorld.Databases), MemberType = typeof(SliceWorld))]
    internal async Task The_import_reader_finds_amounts_signs_labels_and_the_same_account_behind_a_token(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind, Settings);
        JsonElement[] sent =
        [
            await OneAsync(host, """{"transaction_id":"a","amount":12.50,"currency":"USD","type":"wire","account":"jane@example.com"}"""),
            await OneAsync(host, """{"transaction_id":"b","amount":7,"currency":"USD","type":"ach","direction":"credit","account":"jane@example.com"}"""),
            await OneAsync(host, """{"transaction_id":"c","amount":1,"currency":"USD","type":"ach","account":"other"}"""),
        ];
        await LabelAsync(host, sent[0], "fraud");
        await LabelAsync(host, sent[1], "legitimate");
        byte[] csv = await ReadAsync(host, await FreezeAsync(host));

        using TransactionCsvReader reader = new(new MemoryStream(csv));
        TransactionCsvItem.Row[] rows = [.. reader.Read().Cast<TransactionCsvItem.Row>()];
        Assert.Equal([12.5m, -7m, 1m], rows.Select(row => row.Amount));
        Assert.Equal([true, false, null], rows.Select(row => row.Label));
        Assert.Equal(rows[0].AccountId, rows[1].AccountId);
        Assert.NotEqual(rows[0].AccountId, rows[2].AccountId);
        Assert.DoesNotContain("jane", Encoding.UTF8.GetString(csv), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_window_is_gzip_where_that_is_asked_for()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, Settings);
        await SendAsync(host, 5);
        string id = await FreezeAsync(host);
        using HttpRequestMessage request = new(HttpMethod.Get, $"/v1/training-windows/{id}") { Headers = { { "Accept-Encoding", "gzip" } } };
        using HttpResponseMessage answer = await host.Client.SendAsync(request, Cancel);
        await using GZipStream unzipped = new(await answer.Content.ReadAsStreamAsync(Cancel), CompressionMode.Decompress);
        using MemoryStream text = new();
        await unzipped.CopyToAsync(text, Cancel);

        Assert.Equal(await ReadAsync(host, id), text.ToArray());
    }

    [Theory]
    [InlineData("""{"from":"2026-01-02T00:00:00Z","to":"2026-01-01T00:00:00Z"}""", "from must be before to")]
    [InlineData("""{"asOf":"2999-01-01T00:00:00Z"}""", "asOf must not lie in the future")]
    public async Task What_cannot_be_frozen_is_refused_and_says_why(string body, string why)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, Settings);
        using HttpResponseMessage answer = await host.Client.PostAsync(new Uri("/v1/training-windows", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"), Cancel);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains(why, await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    private static async Task<JsonElement[]> SendAsync(TestDataPlane host, int count)
    {
        List<JsonElement> sent = [];
        for (int i = 0; i < count; i++) sent.Add(await OneAsync(host, $$"""{"amount":{{10 + i}},"currency":"USD","type":"wire","account":"a"}"""));
        return [.. sent];
    }

    private static async Task<JsonElement> OneAsync(TestDataPlane host, string json)
    {
        JsonElement answer = await host.PostAsync(json);
        return answer.TryGetProperty("results", out JsonElement results) ? results[0] : answer;
    }

    private static async Task LabelAsync(TestDataPlane host, JsonElement decision, string actual)
    {
        using HttpResponseMessage answer = await host.Client.PostAsJsonAsync($"/v1/decisions/{decision.GetProperty("id").GetGuid()}/feedback", new { actual }, Cancel);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    /// <summary>A moment later: ids are of milliseconds, and a window ends before its own.</summary>
    private static async Task<string> FreezeAsync(TestDataPlane host)
    {
        TimeProvider time = host.Services.GetRequiredService<TimeProvider>();
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        while (time.GetUtcNow().ToUnixTimeMilliseconds() <= now + 1) await Task.Yield();
        using HttpResponseMessage answer = await host.Client.PostAsJsonAsync("/v1/training-windows", new { }, Cancel);
        string body = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, body);
        return JsonElement.Parse(body).GetProperty("id").GetString()!;
    }

    private static Task<byte[]> ReadAsync(TestDataPlane host, string id) => host.Client.GetByteArrayAsync(new Uri($"/v1/training-windows/{id}", UriKind.Relative), Cancel);
}
