using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FinObs.Testing;

/// <summary>One request that a receiver got.</summary>
/// <param name="Id">The <c>webhook-id</c>.</param>
/// <param name="Timestamp">The <c>webhook-timestamp</c>, seconds since 1970.</param>
/// <param name="Signature">The <c>webhook-signature</c>.</param>
/// <param name="Body">As it came.</param>
/// <param name="Headers">All of them.</param>
public sealed record Received(string Id, long Timestamp, string Signature, string Body, IReadOnlyDictionary<string, string> Headers);

/// <summary>A receiver on a real port. It does what it is told to, and remembers what it was sent.</summary>
public sealed class CallbackSink : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Received> _received = [];

    private CallbackSink(WebApplication app) => _app = app;

    /// <summary>What it answers; 204 unless told otherwise.</summary>
    public Func<HttpContext, Received, Task> Answer { get; set; } = static (context, _) =>
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    };

    /// <summary>Where it is.</summary>
    public string Url { get; private set; } = "";

    /// <summary>What it got so far, in the order of arrival.</summary>
    public IReadOnlyList<Received> All => [.. _received];

    /// <summary>Starts it on a free port, or on this one: for one who is to be found at the same place again.</summary>
    public static async Task<CallbackSink> StartAsync(int port = 0)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, port));
        WebApplication app = builder.Build();
        CallbackSink sink = new(app);
        app.MapPost("/{**path}", sink.TakeAsync);
        await app.StartAsync();
        sink.Url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/hook";
        return sink;
    }

    /// <summary>From now on it answers with this status.</summary>
    public void AnswerStatus(int status) => Answer = (context, _) =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    /// <summary>Stops at once, whatever is under way.</summary>
    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource atOnce = new(TimeSpan.Zero);
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        using StreamReader reader = new(context.Request.Body);
        string body = await reader.ReadToEndAsync(context.RequestAborted);
        Dictionary<string, string> headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        Received received = new(headers["webhook-id"], long.Parse(headers["webhook-timestamp"]), headers["webhook-signature"], body, headers);
        _received.Enqueue(received);
        await Answer(context, received);
    }
}
