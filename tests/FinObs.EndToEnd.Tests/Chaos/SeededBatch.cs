using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace FinObs.EndToEnd.Tests.Chaos;

/// <summary>A batch whose content is a function of its seed, so that it can be sent again after a crash.</summary>
internal sealed class SeededBatch
{
    public const int Size = 10_000;

    private const int Accounts = 400;
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);
    private static readonly string[] Types = ["card", "ach", "wire_transfer", "internal"];

    private readonly byte[] _body;
    private readonly bool _asLines;

    /// <param name="name">Begins each of its ids.</param>
    /// <param name="seed">Its content.</param>
    /// <param name="asLines">Sent as NDJSON, which answers while it goes on, instead of one array.</param>
    public SeededBatch(string name, int seed, bool asLines)
    {
        Random random = new(seed);
        string[] items = [.. Enumerable.Range(0, Size).Select(i => Item($"{name}-{i:00000}", random))];
        _asLines = asLines;
        _body = Encoding.UTF8.GetBytes(asLines ? string.Join('\n', items) + "\n" : $"[{string.Join(',', items)}]");
    }

    public static string Item(string transactionId, Random random) => JsonSerializer.Serialize(new
    {
        transaction_id = transactionId,
        amount = Math.Round(Math.Exp(random.NextDouble() * 11), 2),
        type = Types[random.Next(Types.Length)],
        account = $"account-{random.Next(Accounts)}",
        counterparty = $"counterparty-{random.Next(1_000)}",
        timestamp = Start.AddSeconds(random.Next(30 * 86_400)),
    });

    /// <summary>Sends it and gives what was acknowledged: the answers, as their bytes were, that arrived before the connection broke.</summary>
    public async Task<Acknowledged> SendAsync(HttpClient client, CancellationToken cancellationToken)
    {
        Acknowledged answers = new();
        try
        {
            using ByteArrayContent content = new(_body) { Headers = { ContentType = new MediaTypeHeaderValue(_asLines ? "application/x-ndjson" : "application/json") } };
            using HttpRequestMessage request = new(HttpMethod.Post, "/webhooks/transactions") { Content = content };
            using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            response.EnsureSuccessStatusCode();
            await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
            await (_asLines ? ReadLinesAsync(body, answers, cancellationToken) : ReadArrayAsync(body, answers, cancellationToken));
        }
        catch (Exception e) when (e is HttpRequestException { StatusCode: null } or IOException)
        {
            // The connection broke: what is in hand is what was acknowledged.
        }

        return answers;
    }

    private static async Task ReadArrayAsync(Stream body, Acknowledged answers, CancellationToken cancellationToken)
    {
        using StreamReader reader = new(body);
        using JsonDocument answer = JsonDocument.Parse(await reader.ReadToEndAsync(cancellationToken));
        foreach (JsonElement result in answer.RootElement.GetProperty("results").EnumerateArray())
        {
            answers.Add(result.GetRawText());
        }

        answers.IsWhole = true;
    }

    private static async Task ReadLinesAsync(Stream body, Acknowledged answers, CancellationToken cancellationToken)
    {
        using StreamReader reader = new(body);
        StringBuilder line = new();
        char[] buffer = new char[16 * 1024];
        for (int count; (count = await reader.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            foreach (char next in buffer.AsSpan(0, count))
            {
                // Only a line with its end is an answer: the last one may have been cut off.
                if (next != '\n')
                {
                    line.Append(next);
                    continue;
                }

                string text = line.ToString();
                line.Clear();
                if (text.StartsWith("{\"ingested\"", StringComparison.Ordinal))
                {
                    answers.IsWhole = true;
                }
                else
                {
                    answers.Add(text);
                }
            }
        }
    }
}

/// <summary>Answers that reached the sender: transaction_id to the answer's own text.</summary>
internal sealed class Acknowledged
{
    private readonly Dictionary<string, string> _texts = [];

    public IReadOnlyDictionary<string, string> Texts => _texts;

    /// <summary>The answer came to its end.</summary>
    public bool IsWhole { get; set; }

    /// <summary>An answer's text; an error instead of a result, or two answers for one id, fail the test.</summary>
    public void Add(string text)
    {
        using JsonDocument answer = JsonDocument.Parse(text);
        Assert.True(answer.RootElement.TryGetProperty("decision", out _), text);
        _texts.Add(answer.RootElement.GetProperty("transaction_id").GetString()!, text);
    }
}
