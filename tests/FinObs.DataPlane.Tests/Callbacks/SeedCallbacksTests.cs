using System.Net.Http.Json;
using System.Net;
using System.Text.Json;
using FinObs.Contracts.Resources.CallbackTargets;
using FinObs.DataPlane.Callbacks.Signing;
using FinObs.DataPlane.Storage;
using FinObs.Testing;

namespace FinObs.DataPlane.Tests.Callbacks;

public sealed class SeedCallbacksTests
{
    [Fact]
    public async Task A_url_is_registered_told_listed_and_removed()
    {
        await using CallbackWorld world = await CallbackWorld.StartAsync(DatabaseKind.Sqlite);
        JsonElement made = await SendAsync(world, HttpMethod.Post, new { url = world.Sink.Url, allow_private = true }, HttpStatusCode.Created);
        JsonElement again = await SendAsync(world, HttpMethod.Post, new { url = world.Sink.Url }, HttpStatusCode.OK);
        await world.TransactAsync();
        Received received = (await world.ReceivedAsync(1))[0];
        JsonElement list = await world.Host.GetAsync("/webhooks/callbacks");
        JsonElement removed = await SendAsync(world, HttpMethod.Delete, new { url = world.Sink.Url });

        using SigningKey key = SigningKey.Parse(made.GetProperty("signing_secret").GetString(), SigningScheme.HmacSha256).Key!;
        Assert.Equal(key.Sign(received.Id, received.Timestamp, System.Text.Encoding.UTF8.GetBytes(received.Body)), received.Signature);
        Assert.Contains("\"event\":\"transaction.flagged\"", received.Body, StringComparison.Ordinal);
        Assert.False(again.TryGetProperty("signing_secret", out _));
        Assert.Equal(1, list.GetProperty("count").GetInt32());
        Assert.Equal(world.Sink.Url, list.GetProperty("callbacks")[0].GetProperty("url").GetString());
        Assert.Equal(world.Sink.Url, removed.GetProperty("url").GetString());
        await SendAsync(world, HttpMethod.Delete, new { url = "https://nobody.example/hook" }, HttpStatusCode.NotFound);
        await SendAsync(world, HttpMethod.Post, new { url = "https://me:secret@nobody.example/hook" }, HttpStatusCode.UnprocessableEntity);
    }

    private static async Task<JsonElement> SendAsync(CallbackWorld world, HttpMethod method, object body, HttpStatusCode? expected = null)
    {
        using HttpRequestMessage request = new(method, new Uri("/webhooks/callbacks", UriKind.Relative)) { Content = JsonContent.Create(body) };
        using HttpResponseMessage response = await world.Host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(expected is { } status ? response.StatusCode == status : response.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }
}
