using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FinObs.Benchmarks.Callbacks;

/// <summary>A receiver that answers at once, and knows when each message first came.</summary>
internal sealed class CountingSink : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, long> _firstAt = new(Environment.ProcessorCount, 100_000, StringComparer.Ordinal);
    private long _requests;

    private CountingSink(WebApplication app) => _app = app;

    public string Url { get; private set; } = "";

    /// <summary>Messages, whatever their number of copies.</summary>
    public int Messages => _firstAt.Count;

    public long Requests => Volatile.Read(ref _requests);

    /// <summary>When the first and the last of them came, by <see cref="Stopwatch"/>.</summary>
    public (long First, long Last) Span => (_firstAt.Values.Min(), _firstAt.Values.Max());

    public static async Task<CountingSink> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        CountingSink sink = new(app);
        app.Run(sink.TakeAsync);
        await app.StartAsync();
        sink.Url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/hook";
        return sink;
    }

    public void Clear()
    {
        _firstAt.Clear();
        _requests = 0;
    }

    /// <summary>When a transaction's message first came.</summary>
    public long? FirstAt(string transactionId) => _firstAt.TryGetValue(transactionId, out long at) ? at : null;

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        long now = Stopwatch.GetTimestamp();
        using StreamReader reader = new(context.Request.Body);
        string body = await reader.ReadToEndAsync(context.RequestAborted);

        // Cheaper than parsing: the sink's work is not what is measured.
        const string Member = "\"transaction_id\":\"";
        int from = body.IndexOf(Member, StringComparison.Ordinal) + Member.Length;
        _firstAt.TryAdd(body[from..body.IndexOf('"', from)], now);
        Interlocked.Increment(ref _requests);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
