using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using FinObs.DataPlane.Access;
using FinObs.DataPlane.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FinObs.DataPlane.Tests.Access;

/// <summary>The slice alone, on a real port: an endpoint that says who came, one for workloads, and the clock in the test's hand.</summary>
internal sealed class AccessHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private AccessHost(WebApplication app, Journal journal)
    {
        (_app, Log) = (app, journal);
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Client { get; }

    /// <summary>Everything that was logged, of every level.</summary>
    public Journal Log { get; }

    public static async Task<AccessHost> StartAsync(TimeProvider time, params string[] settings)
    {
        Journal journal = new();
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = [.. settings, "--urls", "http://127.0.0.1:0"], ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders().AddProvider(journal).SetMinimumLevel(LogLevel.Trace).AddFilter<Journal>(null, LogLevel.Trace);
        builder.Services.AddSingleton(time);
        builder.Services.AddAccess(builder.Configuration);
        builder.Services.AddAccessControl(builder.Configuration);
        builder.Services.AddProblemDetails();
        builder.Services.AddSingleton<IDatabase>(_ => throw new InvalidOperationException("The slice alone has no database."));
        WebApplication app = builder.Build();
        app.UseExceptionHandler();
        app.UseAccessControl();
        app.MapAccess();
        app.MapGet("/who", (HttpContext context) => Caller.NameOf(context));
        app.MapGet("/artifact", (HttpContext context) => Caller.NameOf(context)).RequireAuthorization(AccessServices.WorkloadPolicy);
        app.MapGet("/webhooks/echo", (HttpContext context) => context.Request.QueryString.ToString()).RequirePermission(Permissions.TransactionRead);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new AccessHost(app, journal);
    }

    /// <summary>Status and body of a request that shows that.</summary>
    public async Task<(HttpStatusCode Status, string Body)> AskAsync(string? shown, string path = "/who")
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(path, UriKind.Relative));
        if (shown is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", shown);
        using HttpResponseMessage answer = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async Task<HttpStatusCode> StatusAsync(string? shown, string path = "/who") => (await AskAsync(shown, path)).Status;

    public static string DetailOf(string problem) => JsonDocument.Parse(problem).RootElement.GetProperty("detail").GetString()!;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}

/// <summary>Keeps what is logged.</summary>
internal sealed class Journal : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines = [];

    public string Text => string.Join('\n', _lines);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");

    public void Dispose()
    {
    }
}
