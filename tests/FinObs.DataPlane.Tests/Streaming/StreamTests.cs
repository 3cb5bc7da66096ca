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

    private static async Task<StreamReader> OpenAsync(TestDataPlane host, long? lastEventId)
    {
        HttpRequestMessage request = new(HttpMethod.Get, "/webhooks/stream");
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId.ToString());
        }

        HttpResponseMessage response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new StreamReader(await response.Content.ReadAsStreamAsync());
    }

    private static async Task<List<(long Id, string Transaction)>> ReadAsync(TestDataPlane host, long? lastEventId, int count)
    {
        using StreamReader reader = await OpenAsync(host, lastEventId);
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
