using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using FinObs.DataPlane.Storage;
using FinObs.Testing;

namespace FinObs.DataPlane.Tests.Access;

/// <summary>The real host with a real issuer and a key file: what people, keys and machines may is asked over its port.</summary>
internal sealed class OidcHost : IAsyncDisposable
{
    public const string OperatorKey = "the-key-of-an-operator";

    private readonly TemporaryFolder _folder;

    private OidcHost(TestDataPlane host, TestOidcIssuer issuer, TemporaryFolder folder, string[] settings)
    {
        (Host, Issuer, _folder, Settings) = (host, issuer, folder, settings);
        Client = NewClient(host);
    }

    public TestDataPlane Host { get; }

    public TestOidcIssuer Issuer { get; }

    public string[] Settings { get; }

    /// <summary>Follows no redirect: that would leave the caller's credentials behind.</summary>
    public HttpClient Client { get; }

    public static async Task<OidcHost> StartAsync(DatabaseKind kind = DatabaseKind.Sqlite, params string[] settings)
    {
        TemporaryFolder folder = new();
        string keys = folder.Combine("keys");
        await File.WriteAllTextAsync(keys, OperatorKey);
        string secret = folder.Combine("secret");
        await File.WriteAllTextAsync(secret, TestOidcIssuer.BrowserSecret);
        TestOidcIssuer issuer = await TestOidcIssuer.StartAsync();
        string[] all =
        [
            .. issuer.Settings, "--Access:ApiKeyFile", keys, "--Access:Oidc:ClientId", TestOidcIssuer.BrowserClient, "--Access:Oidc:ClientSecretFile", secret, "--Models:BuiltIn", "false", .. settings,
        ];
        return new OidcHost(await TestDataPlane.StartAsync(kind, all), issuer, folder, all);
    }

    public static HttpClient NewClient(TestDataPlane host) => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = host.Client.BaseAddress };

    public async Task<(HttpStatusCode Status, JsonElement Body)> AskAsync(HttpMethod method, string path, string? shown, object? body = null, HttpClient? client = null)
    {
        using HttpRequestMessage request = new(method, new Uri(path, UriKind.Relative));
        if (shown is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", shown);
        if (body is not null) request.Content = JsonContent.Create(body);
        using HttpResponseMessage answer = await (client ?? Client).SendAsync(request, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (answer.StatusCode, text.Length > 0 && text[0] is '{' or '[' ? JsonDocument.Parse(text).RootElement : default);
    }

    public Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(string path, string? shown, HttpClient? client = null) => AskAsync(HttpMethod.Get, path, shown, null, client);

    /// <summary>The id of whoever shows that.</summary>
    public async Task<string> IdOfAsync(string token) => (await GetAsync("/v1/access/me", token)).Body.GetProperty("name").GetString()!["user:".Length..];

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
        await Issuer.DisposeAsync();
        _folder.Dispose();
    }
}
