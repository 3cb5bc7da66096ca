using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using FinObs.DataPlane.Transactions;

namespace FinObs.DataPlane.Tests.Ingestion;

public sealed class IngestionApiTests : IAsyncLifetime
{
    private const string Path = "/webhooks/transactions";

    private readonly IngestionHost _host = new();

    public ValueTask InitializeAsync() => _host.InitializeAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task One_object_is_scored_and_answered()
    {
        Answer answer = await _host.PostAsync(Path, """{"transaction_id":"t1","amount":150000,"type":"wire","currency":"USD"}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal((1, 1, 150000m), (answer.Json.GetProperty("ingested").GetInt32(), answer.Json.GetProperty("flagged").GetInt32(), answer.Json.GetProperty("total_amount").GetDecimal()));
        JsonElement result = answer.Json.GetProperty("results")[0];
        Assert.Equal("t1", result.GetProperty("transaction_id").GetString());
        Assert.Equal("block", result.GetProperty("decision").GetString());
        Assert.Equal("high", result.GetProperty("risk_level").GetString());
        Assert.Equal("webhook", result.GetProperty("source").GetString());
        Assert.Contains("9.3 × this account's 30-day mean", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_answer_has_an_entry_for_every_item_in_order()
    {
        Answer answer = await _host.PostAsync(Path, """[{"transaction_id":"a","amount":1},{"transaction_id":"b","amount":-1},5,{"transaction_id":"c","amount":20000.5}]""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        JsonElement[] results = [.. answer.Json.GetProperty("results").EnumerateArray()];
        Assert.Equal(["a", "b", null, "c"], results.Select(r => r.GetProperty("transaction_id").GetString()));
        Assert.Equal("amount_not_positive", results[1].GetProperty("code").GetString());
        Assert.Equal(1, results[1].GetProperty("index").GetInt32());
        Assert.Equal("not_an_object", results[2].GetProperty("code").GetString());
        Assert.Equal((2, 1, 20001.5m), (answer.Json.GetProperty("ingested").GetInt32(), answer.Json.GetProperty("flagged").GetInt32(), answer.Json.GetProperty("total_amount").GetDecimal()));
        Assert.False(answer.Json.TryGetProperty("totals_by_currency", out _));
    }

    [Fact]
    public async Task Several_currencies_have_a_sum_each()
    {
        Answer answer = await _host.PostAsync(Path, """[{"amount":1,"currency":"EUR"},{"amount":2},{"amount":4,"currency":"EUR"}]""");

        Assert.Equal(7m, answer.Json.GetProperty("total_amount").GetDecimal());
        Assert.Equal(5m, answer.Json.GetProperty("totals_by_currency").GetProperty("EUR").GetDecimal());
        Assert.Equal(2m, answer.Json.GetProperty("totals_by_currency").GetProperty("USD").GetDecimal());
    }

    [Fact]
    public async Task Sending_the_same_again_gives_the_same_bytes_and_says_so()
    {
        const string body = """[{"transaction_id":"r1","amount":10},{"transaction_id":"r2","amount":20000}]""";

        Answer first = await _host.PostAsync(Path, body);
        Answer second = await _host.PostAsync(Path, body);

        Assert.Equal(first.Text, second.Text);
        Assert.False(first.Headers.ContainsKey("Idempotency-Replayed"));
        Assert.Equal("true", second.Headers["Idempotency-Replayed"]);
    }

    [Fact]
    public async Task Duplicates_inside_one_batch_are_a_replay_or_a_conflict()
    {
        Answer answer = await _host.PostAsync(Path, """[{"transaction_id":"d","amount":10},{"amount":1e1,"transaction_id":"d"},{"transaction_id":"d","amount":11}]""");

        JsonElement[] results = [.. answer.Json.GetProperty("results").EnumerateArray()];
        Assert.Equal(results[0].GetRawText(), results[1].GetRawText());
        Assert.Equal("conflict", results[2].GetProperty("code").GetString());
        Assert.Equal(1, _host.Pipeline.Stored);
    }

    [Fact]
    public async Task An_idempotency_key_makes_items_without_an_id_repeatable()
    {
        const string body = """[{"amount":10},{"amount":20}]""";

        Answer first = await _host.PostAsync(Path, body, headers: ("Idempotency-Key", "k1"));
        Answer second = await _host.PostAsync(Path, body, headers: ("Idempotency-Key", "k1"));
        Answer other = await _host.PostAsync(Path, body, headers: ("Idempotency-Key", "k2"));

        Assert.Equal(first.Text, second.Text);
        Assert.NotEqual(first.Text, other.Text);
        Assert.Equal(4, _host.Pipeline.Stored);
    }

    [Fact]
    public async Task A_single_bad_object_is_a_problem_with_the_members_of_an_answer()
    {
        Answer answer = await _host.PostAsync(Path, """{"transaction_id":"t","amount":"NaN"}""");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "application/problem+json"), (answer.Status, answer.MediaType));
        Assert.Equal("amount_invalid", answer.Code);
        Assert.Equal(0, answer.Json.GetProperty("ingested").GetInt32());
        Assert.Equal("t", answer.Json.GetProperty("results")[0].GetProperty("transaction_id").GetString());
        Assert.False(string.IsNullOrWhiteSpace(answer.Json.GetProperty("detail").GetString()));
    }

    [Fact]
    public async Task A_single_conflict_is_a_409()
    {
        await _host.PostAsync(Path, """{"transaction_id":"c","amount":1}""");

        Answer answer = await _host.PostAsync(Path, """{"transaction_id":"c","amount":2}""");

        Assert.Equal((HttpStatusCode.Conflict, "conflict"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Source_and_namespace_reach_the_pipeline_and_are_checked()
    {
        await _host.PostAsync(Path + "?source=core-bank&namespace=emea", """{"amount":1}""");

        TransactionBatch batch = Assert.Single(_host.Pipeline.Batches);
        Assert.Equal(("emea", "core-bank"), (batch.Namespace, batch.Source));
        Assert.Equal("namespace_invalid", (await _host.PostAsync(Path + "?namespace=EMEA!", """{"amount":1}""")).Code);
        Assert.Equal("source_invalid", (await _host.PostAsync(Path + "?source=a%20b", """{"amount":1}""")).Code);
        Assert.Equal("strict_invalid", (await _host.PostAsync(Path + "?strict=maybe", """{"amount":1}""")).Code);
        Assert.Equal("idempotency_key_invalid", (await _host.PostAsync(Path, """{"amount":1}""", headers: ("Idempotency-Key", new string('k', 300)))).Code);
    }

    [Fact]
    public async Task Fields_that_nothing_reads_are_named()
    {
        Answer answer = await _host.PostAsync(Path, """{"amount":1,"branch":"x"}""");

        Assert.Equal("branch", answer.Json.GetProperty("ignored_fields")[0].GetString());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await _host.PostAsync(Path + "?strict=true", """{"amount":1,"branch":"x"}""")).Status);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", 415, "unsupported_media_type")]
    [InlineData("text/plain", 415, "unsupported_media_type")]
    [InlineData("application/json; charset=utf-16", 415, "unsupported_media_type")]
    [InlineData("application/json; charset=utf-8", 200, null)]
    [InlineData("application/cloudevents+json", 200, null)]
    public async Task The_content_type_says_what_the_body_is(string contentType, int status, string? code)
    {
        Answer answer = await _host.PostAsync(Path, """{"amount":1}""", contentType);

        Assert.Equal(status, (int)answer.Status);
        Assert.Equal(code, code is null ? null : answer.Code);
    }

    [Theory]
    [InlineData("", 400, "empty_body")]
    [InlineData("{\"amount\":NaN}", 400, "malformed_json")]
    [InlineData("[{\"amount\":1},{\"amount\":2}", 400, "malformed_json")]
    [InlineData("42", 400, "not_an_object")]
    public async Task A_broken_body_is_a_problem_and_nothing_is_stored(string body, int status, string code)
    {
        Answer answer = await _host.PostAsync(Path, body);

        Assert.Equal((status, code), ((int)answer.Status, answer.Code));
        Assert.Equal("application/problem+json", answer.MediaType);
        Assert.Equal(0, _host.Pipeline.Stored);
    }

    [Fact]
    public async Task An_empty_array_is_answered_with_nothing()
    {
        Answer answer = await _host.PostAsync(Path, "[]");

        Assert.Equal("""{"ingested":0,"flagged":0,"total_amount":0,"results":[]}""", answer.Text);
    }

    [Fact]
    public async Task Ten_thousand_and_one_items_are_refused_with_the_way_out()
    {
        Answer answer = await _host.PostAsync(Path, $"[{string.Join(',', Enumerable.Repeat("{\"amount\":1}", 10_001))}]");

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "too_many_items"), (answer.Status, answer.Code));
        Assert.Equal(0, _host.Pipeline.Stored);
    }

    [Fact]
    public async Task A_body_announced_too_large_is_refused_before_it_is_read()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new StreamContent(new ZeroStream(200L * 1024 * 1024)) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/json");
        request.Content.Headers.ContentLength = 200L * 1024 * 1024;
        request.Headers.ExpectContinue = true;

        Answer answer = await _host.SendAsync(request);

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "body_too_large"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Gzip_is_unpacked_and_a_bomb_is_not()
    {
        Assert.Equal(HttpStatusCode.OK, (await SendGzipAsync("""[{"amount":1}]"""u8.ToArray(), "application/json")).Status);
        Assert.Equal("gzip_ratio", (await SendGzipAsync(new byte[20_000_000], "application/json")).Code);
        Assert.Equal("gzip_ratio", (await SendGzipAsync([.. Enumerable.Repeat((byte)'\n', 20_000_000)], "application/x-ndjson")).Code);
        Answer lines = await SendGzipAsync("{\"amount\":1}\n{\"amount\":2}\n"u8.ToArray(), "application/x-ndjson");
        Assert.Equal(3, lines.Lines.Length);
    }

    [Fact]
    public async Task What_only_claims_to_be_gzip_is_refused()
    {
        using HttpRequestMessage request = Encoded("""{"amount":1}"""u8.ToArray(), "gzip", "application/json");
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_gzip"), await StatusAndCode(request));
        using HttpRequestMessage tooShort = Encoded([0x1F, 0x8B, 8], "gzip", "application/json");
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_gzip"), await StatusAndCode(tooShort));
        using HttpRequestMessage brotli = Encoded([1, 2], "br", "application/json");
        Answer answer = await _host.SendAsync(brotli);
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "unsupported_encoding"), (answer.Status, answer.Code));
        Assert.Equal("gzip", answer.Headers["Accept-Encoding"]);
    }

    [Fact]
    public async Task A_full_queue_is_a_429_that_says_when()
    {
        _host.Pipeline.Failures.Enqueue(new PipelineOverloadedException(TimeSpan.FromSeconds(1.2)));

        Answer answer = await _host.PostAsync(Path, """{"amount":1}""");

        Assert.Equal((HttpStatusCode.TooManyRequests, "overloaded"), (answer.Status, answer.Code));
        Assert.Equal("2", answer.Headers["Retry-After"]);
    }

    [Fact]
    public async Task A_database_that_is_away_is_a_503_that_says_nothing_of_it()
    {
        _host.Pipeline.Failures.Enqueue(new PipelineUnavailableException("Host=secret;Password=hunter2"));

        Answer answer = await _host.PostAsync(Path, """{"amount":1}""");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "database_unavailable"), (answer.Status, answer.Code));
        Assert.True(answer.Headers.ContainsKey("Retry-After"));
        Assert.DoesNotContain("hunter2", answer.Text, StringComparison.Ordinal);
    }

    private async Task<(HttpStatusCode, string)> StatusAndCode(HttpRequestMessage request)
    {
        Answer answer = await _host.SendAsync(request);
        return (answer.Status, answer.Code);
    }

    private async Task<Answer> SendGzipAsync(byte[] body, string contentType)
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            await gzip.WriteAsync(body, TestContext.Current.CancellationToken);
        }

        using HttpRequestMessage request = Encoded(packed.ToArray(), "gzip", contentType);
        return await _host.SendAsync(request);
    }

    private static HttpRequestMessage Encoded(byte[] body, string encoding, string contentType)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        content.Headers.ContentEncoding.Add(encoding);
        return new HttpRequestMessage(HttpMethod.Post, Path) { Content = content };
    }

    /// <summary>A body that would be large if anyone read it.</summary>
    private sealed class ZeroStream(long length) : MemoryStream(Encoding.ASCII.GetBytes(new string(' ', 64 * 1024)))
    {
        private long _left = length;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = (int)Math.Min(buffer.Length, _left);
            buffer.Span[..count].Fill((byte)' ');
            _left -= count;
            return ValueTask.FromResult(count);
        }
    }
}
