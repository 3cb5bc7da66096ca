using System.IO.Pipelines;
using System.Net;
using System.Text;
using CsCheck;
using FinObs.DataPlane.Ingestion;
using FinObs.DataPlane.Transactions;
using Microsoft.Extensions.Time.Testing;

namespace FinObs.DataPlane.Tests.Ingestion;

public sealed class NdjsonTests : IAsyncLifetime
{
    private const string Path = "/webhooks/transactions";
    private const string Ndjson = "application/x-ndjson";

    private static readonly string Mixed = string.Join('\n',
        "{\"transaction_id\":\"a\",\"amount\":1}", "", "  ", "{\"transaction_id\":\"b\",\"amount\":NaN}\r", "not json", "[1]", "{\"amount\":1} {\"amount\":2}",
        "{\"transaction_id\":\"ü😀\",\"amount\":2}", "{\"amount\":3,\"meta\":{\"x\":\"" + new string('x', 300) + "\"}}", "{\"transaction_id\":\"last\",\"amount\":4}");

    private readonly IngestionHost _host = new();

    public ValueTask InitializeAsync() => _host.InitializeAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Every_line_is_answered_by_a_line_and_the_totals_come_last()
    {
        Answer answer = await _host.PostAsync(Path, Mixed, Ndjson);

        Assert.Equal((HttpStatusCode.OK, Ndjson), (answer.Status, answer.MediaType));
        Assert.Equal(
            ["a", "malformed_json", "malformed_json", "not_an_object", "malformed_json", "ü😀", "txn", "last"],
            answer.Lines[..^1].Select(l => l.TryGetProperty("code", out var code) ? code.GetString() : l.GetProperty("transaction_id").GetString() is { } id && id.StartsWith("txn_", StringComparison.Ordinal) ? "txn" : l.GetProperty("transaction_id").GetString()));
        Assert.Equal([1, 2, 3, 4], answer.Lines[..^1].Where(l => l.TryGetProperty("index", out _)).Select(l => l.GetProperty("index").GetInt32()));
        Assert.Equal((4, 4, 10m), (answer.Lines[^1].GetProperty("ingested").GetInt32(), answer.Lines[^1].GetProperty("rejected").GetInt32(), answer.Lines[^1].GetProperty("total_amount").GetDecimal()));
    }

    [Theory]
    [InlineData("application/ndjson")]
    [InlineData("application/jsonl")]
    public async Task It_has_several_names(string contentType) => Assert.Equal(2, (await _host.PostAsync(Path, "{\"amount\":1}", contentType)).Lines.Length);

    [Fact]
    public async Task More_than_ten_thousand_lines_go_through()
    {
        string body = string.Join('\n', Enumerable.Range(0, 12_345).Select(i => $"{{\"transaction_id\":\"n{i}\",\"amount\":1}}"));

        Answer answer = await _host.PostAsync(Path, body, Ndjson);

        Assert.Equal(12_346, answer.Lines.Length);
        Assert.Equal("n12344", answer.Lines[^2].GetProperty("transaction_id").GetString());
        Assert.Equal(12_345, _host.Pipeline.Stored);
        Assert.All(_host.Pipeline.Batches, b => Assert.InRange(b.Items.Count, 1, 2_000));
    }

    [Fact]
    public async Task Answers_come_while_the_sender_is_still_sending()
    {
        var body = new Pipe();
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new PipeContent(body.Reader), Version = HttpVersion.Version11 };
        await body.Writer.WriteAsync("{\"transaction_id\":\"first\",\"amount\":1}\n"u8.ToArray(), TestContext.Current.CancellationToken);
        var seen = new TaskCompletionSource();
        _host.Pipeline.BeforeEach = _ =>
        {
            seen.TrySetResult();
            return Task.CompletedTask;
        };

        Task<HttpResponseMessage> sending = _host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await seen.Task.WaitAsync(TestContext.Current.CancellationToken);
        await body.Writer.WriteAsync("{\"transaction_id\":\"second\",\"amount\":1}\n"u8.ToArray(), TestContext.Current.CancellationToken);
        await body.Writer.CompleteAsync();
        using HttpResponseMessage response = await sending;

        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(3, text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.True(_host.Pipeline.Batches.Count >= 2);
    }

    [Fact]
    public async Task A_full_queue_before_the_first_answer_is_a_429_and_after_it_a_wait()
    {
        _host.Pipeline.Failures.Enqueue(new PipelineOverloadedException(TimeSpan.FromMilliseconds(1)));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await _host.PostAsync(Path, "{\"amount\":1}", Ndjson)).Status);

        int batches = 0;
        _host.Pipeline.BeforeEach = _ =>
        {
            if (++batches == 2) _host.Pipeline.Failures.Enqueue(new PipelineOverloadedException(TimeSpan.FromMilliseconds(1)));
            return Task.CompletedTask;
        };
        string body = string.Join('\n', Enumerable.Repeat("{\"amount\":1}", 5_000));
        Answer answer = await _host.PostAsync(Path, body, Ndjson);

        Assert.Equal(5_001, answer.Lines.Length);
        Assert.False(answer.Lines[^1].TryGetProperty("error", out _));
    }

    [Fact]
    public async Task A_database_that_goes_away_in_between_ends_the_answer_with_what_to_send_again()
    {
        int batches = 0;
        _host.Pipeline.BeforeEach = _ =>
        {
            if (++batches == 2) _host.Pipeline.Failures.Enqueue(new PipelineUnavailableException("away"));
            return Task.CompletedTask;
        };

        Answer answer = await _host.PostAsync(Path, string.Join('\n', Enumerable.Repeat("{\"amount\":1}", 5_000)), Ndjson);

        int stored = answer.Lines.Length - 1;
        Assert.Equal("database_unavailable", answer.Lines[^1].GetProperty("code").GetString());
        Assert.Contains($"from index {stored} on", answer.Lines[^1].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(stored, _host.Pipeline.Stored);
    }

    [Fact]
    public async Task A_long_line_is_an_error_in_its_place()
    {
        string body = $"{{\"transaction_id\":\"a\",\"amount\":1}}\n{{\"amount\":1,\"x\":\"{new string('x', 300_000)}\"}}\n{{\"transaction_id\":\"b\",\"amount\":1}}";

        Answer answer = await _host.PostAsync(Path, body, Ndjson);

        Assert.Equal("line_too_long", answer.Lines[1].GetProperty("code").GetString());
        Assert.Equal("b", answer.Lines[2].GetProperty("transaction_id").GetString());
    }

    [Fact]
    public async Task A_deep_line_is_an_error_in_its_place()
    {
        Answer answer = await _host.PostAsync(Path, $"{{\"amount\":1,\"x\":{new string('[', 5_000)}\n{{\"transaction_id\":\"b\",\"amount\":1}}", Ndjson);

        Assert.Equal("too_deep", answer.Lines[0].GetProperty("code").GetString());
        Assert.Equal("b", answer.Lines[1].GetProperty("transaction_id").GetString());
    }

    [Fact]
    public void Where_the_bytes_are_cut_makes_no_difference()
    {
        byte[] body = [.. Encoding.UTF8.GetBytes("\uFEFF" + Mixed + "\n"), 0xFF, (byte)'\n', .. Encoding.UTF8.GetBytes(new string('y', 700) + "\n{\"amount\":1,\"transaction_id\":\"end\"}")];
        var options = new IngestionOptions { MaxLineBytes = 512, NdjsonChunkItems = 3 };
        string[] whole = Read([body], options);
        Assert.Equal(11, whole.Length);

        Gen.Int[0, body.Length].Array[0, 12].Sample(
            cuts =>
            {
                int[] at = [0, .. cuts.Order(), body.Length];
                Assert.Equal(whole, Read([.. Enumerable.Range(0, at.Length - 1).Select(i => body[at[i]..at[i + 1]])], options));
            },
            iter: 300);
    }

    [Fact]
    public async Task A_sender_that_reads_only_after_its_last_line_is_answered_in_full()
    {
        // Far more than sockets and buffers hold: without the spool both sides would wait for each other.
        const int items = 60_000;
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(_host.Client.BaseAddress!.Host, _host.Client.BaseAddress.Port, TestContext.Current.CancellationToken);
        await using System.Net.Sockets.NetworkStream stream = client.GetStream();
        byte[] body = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, items).Select(i => $"{{\"transaction_id\":\"s{i}\",\"amount\":1,\"account\":\"acc-{i % 100}\"}}\n")));
        byte[] head = Encoding.ASCII.GetBytes($"POST {Path} HTTP/1.1\r\nHost: x\r\nContent-Type: {Ndjson}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n");

        await stream.WriteAsync(head, TestContext.Current.CancellationToken);
        await stream.WriteAsync(body, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        string answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.Contains($"\"transaction_id\":\"s{items - 1}\"", answer, StringComparison.Ordinal);
        Assert.Contains($"{{\"ingested\":{items},", answer, StringComparison.Ordinal);
    }

    private static string[] Read(byte[][] pieces, IngestionOptions options)
    {
        var pipe = new Pipe(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 31, 0, 0, 0, TimeSpan.Zero));
        var reader = new NdjsonReader(pipe.Reader, options, strict: false, "key", time);
        Task<List<string>> reading = ReadAllAsync(reader);
        foreach (byte[] piece in pieces)
        {
            pipe.Writer.WriteAsync(piece).AsTask().GetAwaiter().GetResult();
        }

        pipe.Writer.Complete();
        return [.. reading.GetAwaiter().GetResult()];
    }

    private static async Task<List<string>> ReadAllAsync(NdjsonReader reader)
    {
        var items = new List<string>();
        await foreach (IReadOnlyList<TransactionItem> chunk in reader.ReadChunksAsync(CancellationToken.None))
        {
            items.AddRange(chunk.Select(i => i is TransactionItem.Valid v ? Convert.ToHexString(v.Transaction.BodyHash) + v.Transaction.TransactionId : ((TransactionItem.Invalid)i).Error.ToString()));
        }

        return items;
    }

    /// <summary>A request body that is written while it is sent.</summary>
    private sealed class PipeContent : HttpContent
    {
        private readonly PipeReader _reader;

        public PipeContent(PipeReader reader)
        {
            _reader = reader;
            Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue(Ndjson);
        }

        protected override async Task SerializeToStreamAsync(System.IO.Stream stream, TransportContext? context)
        {
            while (true)
            {
                ReadResult read = await _reader.ReadAsync();
                foreach (ReadOnlyMemory<byte> part in read.Buffer)
                {
                    await stream.WriteAsync(part);
                }

                await stream.FlushAsync();
                _reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) return;
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
