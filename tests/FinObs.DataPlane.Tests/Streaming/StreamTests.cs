using System.Net;
using System.Text.Json;
using FinObs.DataPlane.Storage;

namespace FinObs.DataPlane.Tests.Streaming;

/// <summary>The stream of decisions, read by an ordinary HTTP client.</summary>
public class StreamTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    internal async Task Ids_are_dense_and_a_reader_that_comes_back_misses_none_and_sees_none_twice(DatabaseKind kind)
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(kind);
        string Batch(int from) => JsonSerializer.Serialize(Enumerable.Range(from, 10).Select(i => new { transaction_id = $"e-{i}", amount = 10, type = "card" }));
        await host.PostAsync(Batch(0));

        List<(long Id, string Transaction)> first = await ReadAsync(host, null, 4);
        await host.PostAsync(Batch(10));
        List<(long Id, string Transaction)> second = await ReadAsync(host, first[^1].Id, 16);

        Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), first.Concat(second).Select(item => item.Id));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"e-{i}").Order(), first.Concat(second).Select(item => item.Transaction).Order());
    }

    [Fact]
    public async Task An_id_of_another_log_is_answered_with_a_reset()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        using StreamReader reader = await OpenAsync(host, 5000);

        string? line;
        do
        {
            line = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        }
        while (line is not null && !line.StartsWith("event:", StringComparison.Ordinal));

        Assert.Equal("event: reset", line);
    }

    [Fact]
    public async Task A_reader_goes_on_at_another_replica_and_after_a_restart()
    {
        await using TestDataPlane first = await TestDataPlane.StartAsync(DatabaseKind.PostgreSql);
        List<(long Id, string Transaction)> seen;
        await using (TestDataPlane second = await first.StartReplicaAsync())
        {
            await first.PostAsync(Batch(0, 7));
            seen = await ReadAsync(second, 0, 5);
            await second.PostAsync(Batch(7, 8));
            seen.AddRange(await ReadAsync(first, seen[^1].Id, 6));
        }

        await using TestDataPlane third = await first.StartReplicaAsync();
        await first.PostAsync(Batch(15, 5));
        seen.AddRange(await ReadAsync(third, seen[^1].Id, 9));

        Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), seen.Select(item => item.Id));
        Assert.Equal(20, seen.Select(item => item.Transaction).Distinct().Count());
    }

    [Fact]
    public async Task A_filter_narrows_and_a_reader_of_nothing_still_hears_where_it_stands()
    {
        await using TestDataPlane host = await TestDataPlane.StartAsync(DatabaseKind.Sqlite);
        await host.PostAsync("""[{"transaction_id":"x-1","amount":10,"account":"a"},{"transaction_id":"x-2","amount":10,"account":"b"},{"transaction_id":"x-3","amount":11,"account":"b"}]""");

        Assert.Equal([2, 3], (await ReadAsync(host, 0, 2, "?account=b")).Select(item => item.Id));
        using HttpResponseMessage refused = await host.Client.GetAsync(new Uri("/webhooks/stream?min_score=high", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("min_score must be a number from 0 to 1", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using StreamReader open = await OpenAsync(host, 0);
        Assert.Equal(": connected", await open.ReadLineAsync(TestContext.Current.CancellationToken));
        while ((await host.GetAsync("/webhooks/stream/status")).GetProperty("subscribers").GetInt32() != 1)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static string Batch(int from, int count) =>
        JsonSerializer.Serialize(Enumerable.Range(from, count).Select(i => new { transaction_id = $"e-{i}", amount = 10, type = "card" }));

    private static async Task<StreamReader> OpenAsync(TestDataPlane host, long? lastEventId, string query = "")
    {
        HttpRequestMessage request = new(HttpMethod.Get, "/webhooks/stream" + query);
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId.ToString());
        }

        HttpResponseMessage response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new StreamReader(await response.Content.ReadAsStreamAsync());
    }

    private static async Task<List<(long Id, string Transaction)>> ReadAsync(TestDataPlane host, long? lastEventId, int count, string query = "")
    {
        using StreamReader reader = await OpenAsync(host, lastEventId, query);
        List<(long, string)> items = [];
        long id = 0;
        while (items.Count < count)
        {
            string line = await reader.ReadLineAsync() ?? throw new EndOfStreamException("The stream ended.");
            if (line.StartsWith("id: ", StringComparison.Ordinal))
            {
                id = long.Parse(line[4..]);
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                items.Add((id, JsonDocument.Parse(line[6..]).RootElement.GetProperty("transaction_id").GetString()!));
            }
        }

        return items;
    }
}
