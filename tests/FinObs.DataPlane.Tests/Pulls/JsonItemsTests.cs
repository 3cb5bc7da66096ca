using System.Text;
using FinObs.DataPlane.Ingestion.Mapping;
using FinObs.DataPlane.Pulls.Fetching;

namespace FinObs.DataPlane.Tests.Pulls;

public sealed class JsonItemsTests
{
    [Theory]
    [InlineData("""[{"a":1},{"b":[2,{"c":3}]},4,"x",null]""", "$", """{"a":1}|{"b":[2,{"c":3}]}|4|"x"|null""")]
    [InlineData("""{"transactions":[1,2],"data":[3]}""", "$", "1|2")]
    [InlineData("""{"data":null}""", "$", "")]
    [InlineData("""{"a":[{"items":[1]},{"items":[2,3],"other":[9]}],"items":[8]}""", "$.a[1].items", "2|3")]
    [InlineData("""[[1,2],[3]]""", "$[1]", "3")]
    public async Task Items_are_found_at_their_path_whatever_stands_around(string json, string path, string items) =>
        Assert.Equal(items, string.Join('|', (await ReadAsync(json, path, null)).Items));

    [Theory]
    [InlineData("""{"next":"c1","data":[1]}""")]
    [InlineData("""{"data":[{"next":"no"}],"next":"c1"}""")]
    public async Task The_cursor_may_stand_before_or_after_the_items(string json) => Assert.Equal("c1", (await ReadAsync(json, "$", "$.next")).Cursor);

    [Theory]
    [InlineData("""{"data":[1],"next":""}""", null)]
    [InlineData("""{"data":[1],"next":null}""", null)]
    [InlineData("""{"data":[1],"next":17}""", "17")]
    [InlineData("""{"data":[1]}""", null)]
    public async Task No_cursor_is_no_next_page(string json, string? cursor) => Assert.Equal(cursor, (await ReadAsync(json, "$", "$.next")).Cursor);

    [Theory]
    [InlineData("""{"other":[1]}""", "no array")]
    [InlineData("""{"data":{"x":1}}""", "no array")]
    [InlineData("""[1,2""", "ends in the middle")]
    [InlineData("""[1] trailing""", "not valid JSON")]
    [InlineData("""<html>""", "not valid JSON")]
    [InlineData("", "not valid JSON")]
    public async Task What_cannot_be_read_is_said(string json, string said) =>
        Assert.Contains(said, (await Assert.ThrowsAsync<PullFailedException>(() => ReadAsync(json, "$", null))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Items_cut_anywhere_by_the_network_are_whole()
    {
        string json = $$"""{"x":"{{new string('é', 50_000)}}","data":[{{string.Join(',', Enumerable.Range(0, 500).Select(i => $"{{\"id\":\"ü{i}\",\"n\":[{i}]}}"))}}],"next":"z"}""";
        (List<string> items, string? cursor) = await ReadAsync(json, "$", "$.next", chunk: 7);
        Assert.Equal(500, items.Count);
        Assert.Equal("{\"id\":\"ü499\",\"n\":[499]}", items[^1]);
        Assert.Equal("z", cursor);
    }

    [Fact]
    public async Task An_item_of_more_than_a_megabyte_is_refused() => Assert.Contains(
        "more than 1 MB", (await Assert.ThrowsAsync<PullFailedException>(() => ReadAsync($"[\"{new string('x', 2 * 1024 * 1024)}\"]", "$", null))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_hundred_thousand_items_take_no_more_memory_than_a_few()
    {
        byte[] json = Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"{{\"id\":\"t-{i}\",\"amt\":{i}}}"))}]");
        JsonItems reader = new(new MemoryStream(json), JsonPath.Root, cursorPath: null);
        int count = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        await foreach (ReadOnlyMemory<byte> item in reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            count += item.Length > 0 ? 1 : 0;
        }

        Assert.Equal(100_000, count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }

    private static async Task<(List<string> Items, string? Cursor)> ReadAsync(string json, string path, string? cursorPath, int chunk = int.MaxValue)
    {
        JsonItems reader = new(new Dripping(Encoding.UTF8.GetBytes(json), chunk), JsonPath.Parse(path), cursorPath is null ? null : JsonPath.Parse(cursorPath));
        List<string> items = [];
        await foreach (ReadOnlyMemory<byte> item in reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            items.Add(Encoding.UTF8.GetString(item.Span));
        }

        return (items, reader.Cursor);
    }

    private sealed class Dripping(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, chunk)], cancellationToken);
    }
}
