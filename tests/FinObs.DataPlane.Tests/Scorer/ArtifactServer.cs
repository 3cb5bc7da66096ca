using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FinObs.DataPlane.Tests.Scorer;

/// <summary>Stands in for the data plane's artifacts: each request waits until the test says what it gets.</summary>
internal sealed class ArtifactServer : IAsyncDisposable
{
    private readonly Channel<string> _asked = Channel.CreateUnbounded<string>();
    private readonly Channel<(HttpStatusCode Status, byte[] Body)> _answers = Channel.CreateUnbounded<(HttpStatusCode, byte[])>();
    private readonly WebApplication _app;

    private ArtifactServer(WebApplication app) => _app = app;

    public string Url => $"{_app.Urls.First()}/v1/artifacts/x";

    public static async Task<ArtifactServer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        ArtifactServer server = new(app);
        app.Run(server.ServeAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>Waits for the next request and gives its Authorization.</summary>
    public async Task<string> AskedAsync() => await _asked.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public void Answer(HttpStatusCode status, byte[] body) => _answers.Writer.TryWrite((status, body));

    public async ValueTask DisposeAsync()
    {
        _answers.Writer.TryComplete();
        await _app.DisposeAsync();
    }

    private async Task ServeAsync(HttpContext context)
    {
        _asked.Writer.TryWrite(context.Request.Headers.Authorization.ToString());
        (HttpStatusCode status, byte[] body) = await _answers.Reader.ReadAsync(context.RequestAborted);
        context.Response.StatusCode = (int)status;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
