using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Tests.Ingestion;

/// <summary>Whatever is sent to the doors of the whole host, on both databases: a problem or an item's error that says what to do, never a 500.</summary>
public class BadInputTests
{
    private const long Huge = 200L * 1024 * 1024;
    private static readonly string[] Doors = ["/webhooks/transactions", "/agent/compliance/monitor", "/agent/compliance/explain", "/agent/compliance/explain-batch"];

    private static readonly string[] Bodies =
    [
        "", "{\"amount\":", "{\"amount\":1}}", "hello", "5", "null", "[[{\"amount\":1}]]", "[null]",
        "{\"amount\":{}}", "{\"amount\":true}", "{\"amount\":1,\"type\":5}", "{\"amount\":1,\"transaction_id\":7}", "{\"amount\":1,\"account\":[1]}", "{\"amount\":1,\"timestamp\":{}}", "{\"amount\":1,\"meta\":\"x\"}",
        "{\"amount\":NaN}", "{\"amount\":\"NaN\"}", "{\"amount\":-Infinity}", "{\"amount\":\"Infinity\"}", "{\"amount\":1e999}", "{\"amount\":1e-999}",
        "{}", "{\"amount\":-5}", "{\"amount\":0}", "{\"amount\":\"0.000\"}", "{\"amount\":1000000000.01}", "{\"amount\":99999999999999999999999999999999999999999999}",
        "{\"amount\":1,\"currency\":\"ZZZ\"}", "{\"amount\":1,\"currency\":\"dollars\"}",
        "{\"amount\":1,\"timestamp\":\"2999-01-01T00:00:00Z\"}", "{\"amount\":1,\"timestamp\":\"1850-01-01T00:00:00Z\"}", "{\"amount\":1,\"timestamp\":\"2026-01-01T00:00:00\"}", "{\"amount\":1,\"timestamp\":-1e300}",
        "{\"amount\":1,\"account\":\"a\\u0000b\"}", "{\"amount\":1,\"transaction_id\":\"\\u0000\"}", "{\"amount\":1,\"counterparty\":\"\\u0000\"}", "{\"amount\":1,\"type\":\"\\u0000\"}",
        "{\"amount\":1,\"meta\":{\"a\":\"\\u0000\"}}", "{\"amount\":1,\"meta\":{\"\\u0000\":1}}", "{\"amount\":1,\"account\":\"a\0b\"}",
        $"{{\"amount\":1,\"meta\":{{\"x\":{new string('[', 100)}{new string(']', 100)}}}}}", new string('[', 100_000),
        $"[{string.Join(',', Enumerable.Repeat("{\"amount\":1}", 10_001))}]",
    ];

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task A_bad_body_is_answered_with_advice_at_every_door(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);
        foreach (string door in Doors)
        {
            foreach (string body in Bodies)
            {
                await AssertAdviceAsync(host, door, new StringContent(body, Encoding.UTF8, "application/json"), body);
            }
        }

        Assert.Equal(0, (await host.GetAsync("/webhooks/results")).GetProperty("count").GetInt32());
    }

    [Theory]
    [InlineData("text/xml")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData(null)]
    public async Task A_wrong_content_type_is_answered_with_advice_at_every_door(string? type)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Models:BuiltIn", "false");
        foreach (string door in Doors)
        {
            ByteArrayContent content = new("{\"amount\":1}"u8.ToArray());
            content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);

            Assert.Equal(HttpStatusCode.UnsupportedMediaType, await AssertAdviceAsync(host, door, content, type ?? "none"));
        }
    }

    [Fact]
    public async Task Two_hundred_megabytes_are_refused_whether_announced_or_not()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite, "--Models:BuiltIn", "false");
        foreach (string door in Doors)
        {
            StreamContent content = new(new BlankStream(Huge));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

            // Without a length the body is sent in chunks, and the host only finds out while it reads.
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await AssertAdviceAsync(host, door, content, "200 MB"));
        }
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task One_id_twice_in_a_batch_is_one_transaction_and_with_another_body_a_conflict(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);

        JsonElement answer = await host.PostAsync("""
            [{"transaction_id":"d","amount":5,"account":"a"},{"amount":-1},{"transaction_id":"d","amount":5.0,"account":"a"},{"transaction_id":"d","amount":6,"account":"a"}]
            """);

        JsonElement[] results = [.. answer.GetProperty("results").EnumerateArray()];
        Assert.Equal(results[0].GetRawText(), results[2].GetRawText());
        Assert.Equal("amount_not_positive", results[1].GetProperty("code").GetString());
        Assert.Equal("conflict", results[3].GetProperty("code").GetString());
        Assert.Equal(1, (await host.GetAsync("/webhooks/results")).GetProperty("count").GetInt32());
        Assert.Equal(5m, (await host.GetAsync("/v1/transactions/d")).GetProperty("amount").GetDecimal());
    }

    private static async Task<HttpStatusCode> AssertAdviceAsync(TestDataPlane host, string door, HttpContent content, string what)
    {
        using HttpResponseMessage response = await host.Client.PostAsync(new Uri(door, UriKind.Relative), content, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        string place = $"{door} {what[..Math.Min(what.Length, 60)]}: {(int)response.StatusCode} {text}";

        Assert.True((int)response.StatusCode < 500, place);
        JsonElement answer = JsonDocument.Parse(text).RootElement;
        if (response.StatusCode == HttpStatusCode.OK)
        {
            // An array of bad items: each is an error in its place.
            Assert.True(answer.TryGetProperty("results", out JsonElement results), place);
            Assert.All(results.EnumerateArray(), item => Assert.False(string.IsNullOrWhiteSpace(item.GetProperty("error").GetString()), place));
        }
        else
        {
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            Assert.True(answer.TryGetProperty("detail", out JsonElement detail) && !string.IsNullOrWhiteSpace(detail.GetString()), place);
        }

        return response.StatusCode;
    }

    /// <summary>So many blanks, of which none are kept.</summary>
    private sealed class BlankStream(long length) : Stream
    {
        private long _left = length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = (int)Math.Min(count, _left);
            buffer.AsSpan(offset, read).Fill((byte)' ');
            _left -= read;
            return read;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
