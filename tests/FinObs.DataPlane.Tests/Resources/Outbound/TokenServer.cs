using Microsoft.AspNetCore.Http;

namespace FinObs.DataPlane.Tests.Resources.Outbound;

/// <summary>Gives tokens for an hour at <c>/token</c>, and asks for the newest one everywhere else, where it echoes.</summary>
internal sealed class TokenServer : IAsyncDisposable
{
    private Sink? _sink;
    private int _issued;
    private volatile string _good = "";

    public Uri Api => new(_sink!.Url, "/api");

    public Uri Tokens => new(_sink!.Url, "/token");

    public int Issued => _issued;

    public string? LastForm { get; private set; }

    public string? LastAuthorization { get; private set; }

    public bool Refuse { get; set; }

    public static async Task<TokenServer> StartAsync()
    {
        TokenServer server = new();
        server._sink = await Sink.StartAsync(server.AnswerAsync);
        return server;
    }

    /// <summary>The token given last is good no more.</summary>
    public void Revoke() => _good = "";

    public async ValueTask DisposeAsync() => await _sink!.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using StreamReader reader = new(context.Request.Body);
        string body = await reader.ReadToEndAsync(context.RequestAborted);
        if (context.Request.Path != "/token")
        {
            context.Response.StatusCode = _good.Length > 0 && context.Request.Headers.Authorization == $"Bearer {_good}" ? 200 : 401;
            await context.Response.WriteAsync(body);
            return;
        }

        LastForm = body;
        LastAuthorization = context.Request.Headers.Authorization;
        if (Refuse)
        {
            context.Response.StatusCode = 401;
            await context.Response.WriteAsJsonAsync(new { error = "invalid_client", error_description = "s3cret is wrong" });
            return;
        }

        _good = $"token-{Interlocked.Increment(ref _issued)}";
        await context.Response.WriteAsJsonAsync(new { access_token = _good, token_type = "Bearer", expires_in = 3600 });
    }
}
