using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using FinObs.DataPlane.Ingestion;
using FinObs.DataPlane.Transactions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FinObs.DataPlane.Tests.Ingestion;

/// <summary>The doors on a real server, with a fake pipeline behind them.</summary>
public sealed class IngestionHost : IAsyncLifetime
{
    private WebApplication? _app;

    internal FakePipeline Pipeline { get; } = new();

    public HttpClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddIngestion(builder.Configuration);
        builder.Services.AddSingleton<ITransactionPipeline>(Pipeline);
        builder.Services.AddSingleton<ITransactionExplainer>(Pipeline);
        builder.Services.AddProblemDetails();
        builder.Services.AddAuthorization();
        builder.Services.AddSingleton<IAuthorizationHandler, Everybody>(); // who may is tested with the whole host
        _app = builder.Build();
        _app.UseAuthorization();
        _app.MapIngestion();
        await _app.StartAsync();
        Client = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app!.DisposeAsync();
    }

    /// <summary>Sends a body and reads the answer as JSON.</summary>
    public async Task<Answer> PostAsync(string path, string body, string contentType = "application/json", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await SendAsync(request);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using HttpResponseMessage response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new Answer(response.StatusCode, text, response.Headers.ToDictionary(h => h.Key, h => string.Join(',', h.Value)), response.Content.Headers.ContentType?.MediaType);
    }

    private sealed class Everybody : IAuthorizationHandler
    {
        public Task HandleAsync(AuthorizationHandlerContext context)
        {
            foreach (IAuthorizationRequirement requirement in context.PendingRequirements.ToArray())
            {
                context.Succeed(requirement);
            }

            return Task.CompletedTask;
        }
    }
}

/// <summary>An answer, read whole.</summary>
public sealed record Answer(HttpStatusCode Status, string Text, IReadOnlyDictionary<string, string> Headers, string? MediaType)
{
    public JsonElement Json { get; } = MediaType is "application/json" or "application/problem+json" ? JsonDocument.Parse(Text).RootElement : default;

    public JsonElement[] Lines => [.. Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];

    public string Code => Json.GetProperty("code").GetString()!;
}
