using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace FinObs.EndToEnd.Tests.Chaos;

/// <summary>Single transactions, one after the other, until the connection breaks or it is told to stop.</summary>
internal sealed class SingleSender
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient _client;
    private readonly string _name;
    private readonly Random _random;
    private readonly List<(string Body, string Answer)> _acknowledged = [];
    private readonly Task _sending;
    private volatile bool _stopped;
    private int _answered;

    private SingleSender(HttpClient client, string name, int seed)
    {
        _client = client;
        _name = name;
        _random = new Random(seed);
        _sending = SendAsync();
    }

    /// <summary>How many were acknowledged so far.</summary>
    public int Answered => Volatile.Read(ref _answered);

    /// <summary>The connection broke, or an answer was not 200.</summary>
    public bool HasStopped => _sending.IsCompleted;

    public static SingleSender Start(HttpClient client, string name, int seed) => new(client, name, seed);

    /// <summary>What was sent and answered 200, with the answer's text; to be called when the server is gone, or to stop.</summary>
    public async Task<IReadOnlyList<(string Body, string Answer)>> StopAsync()
    {
        _stopped = true;
        await _sending;
        return _acknowledged;
    }

    /// <summary>Sends one transaction; the answer's text.</summary>
    public static async Task<string> PostAsync(HttpClient client, string body)
    {
        using ByteArrayContent content = new(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = Json } };
        using HttpResponseMessage response = await client.PostAsync(new Uri("/webhooks/transactions", UriKind.Relative), content, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {text}");
        using JsonDocument answer = JsonDocument.Parse(text);
        return answer.RootElement.GetProperty("results")[0].GetRawText();
    }

    private async Task SendAsync()
    {
        for (int i = 0; !_stopped; i++)
        {
            string body = SeededBatch.Item($"{_name}-{i:00000}", _random);
            try
            {
                _acknowledged.Add((body, await PostAsync(_client, body)));
                Interlocked.Increment(ref _answered);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                // Killed before the answer was out: this one is not acknowledged, whether it is stored or not.
                return;
            }
        }
    }
}
