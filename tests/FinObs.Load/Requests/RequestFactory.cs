using System.Net.Http.Headers;
using System.Text;
using FinObs.Load.Scenarios;

namespace FinObs.Load.Requests;

/// <summary>Makes requests. Thread-safe.</summary>
internal sealed class RequestFactory(LoadScenario scenario, string run, TimeProvider time)
{
    /// <summary>Decisions that can be asked for: the last ones that were answered.</summary>
    private readonly string?[] _known = new string?[4096];
    private readonly Transactions _transactions = new(scenario.Seed, scenario.Accounts, run);
    private long _sent;
    private long _answered;

    public HttpRequestMessage Make(LoadRequest request, Random random) => request.Kind switch
    {
        RequestKinds.Transaction => Post("/webhooks/transactions?source=load", _transactions.One(Interlocked.Increment(ref _sent), time.GetUtcNow())),
        RequestKinds.Batch => Post("/webhooks/transactions?source=load", _transactions.Many(Interlocked.Add(ref _sent, request.Items) - request.Items + 1, request.Items, time.GetUtcNow())),
        RequestKinds.Explain => Post("/agent/compliance/explain", _transactions.One(random.NextInt64(), time.GetUtcNow())),
        RequestKinds.Decision when KnownDecision(random) is { } id => Get($"/v1/transactions/{id}?source=load"),
        RequestKinds.List or RequestKinds.Decision => Get("/v1/transactions?limit=50"),
        _ => Get(request.Path!),
    };

    /// <summary>Remembers what can be asked for later.</summary>
    public void Answered(LoadRequest request)
    {
        if (request.Kind == RequestKinds.Transaction)
        {
            // Numbers are given in order: one from well before the newest has been answered by now.
            long at = Interlocked.Increment(ref _answered);
            _known[at % _known.Length] = $"{run}-{Math.Max(1, at / 2)}";
        }
    }

    private string? KnownDecision(Random random) => Volatile.Read(ref _answered) is var count and > 0 ? _known[1 + random.Next((int)Math.Min(count, _known.Length - 1))] : null;

    private static HttpRequestMessage Get(string path) => new(HttpMethod.Get, new Uri(path, UriKind.Relative));

    private static HttpRequestMessage Post(string path, string json) =>
        new(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } };
}
