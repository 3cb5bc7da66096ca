using System.Collections.Immutable;
using System.Globalization;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace FinObs.Testing;

/// <summary>
/// A real issuer on loopback: OpenIddict, with its discovery document, keys, authorization code flow with PKCE, and, for what a test wants to write into a token, the password grant. It keeps nothing:
/// whoever asks is whom the request names.
/// </summary>
public sealed class TestOidcIssuer : IAsyncDisposable
{
    public const string Audience = "finobs-api";
    public const string BrowserClient = "finobs-browser";
    public const string BrowserSecret = "the-secret-of-the-browser-client";

    private readonly WebApplication _app;
    private readonly HttpClient _client;

    private TestOidcIssuer(WebApplication app)
    {
        _app = app;
        Authority = app.Urls.First();
        _client = new HttpClient { BaseAddress = new Uri(Authority) };
    }

    public string Authority { get; }

    /// <summary>Who sits at the browser.</summary>
    public TestPerson AtBrowser { get; set; } = new("browser-user");

    /// <summary>The settings of a host that takes this issuer's tokens.</summary>
    public string[] Settings => ["--Access:Oidc:Authority", Authority, "--Access:Oidc:RequireHttpsMetadata", "false", "--Access:Oidc:Audiences:0", Audience];

    public static async Task<TestOidcIssuer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        TestOidcIssuer? issuer = null;
        builder.Services.AddAuthentication();
        builder.Services.AddRouting();
        builder.Services.AddOpenIddict().AddServer(server =>
        {
            server.EnableDegradedMode();
            server.SetAuthorizationEndpointUris("connect/authorize").SetTokenEndpointUris("connect/token");
            server.AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange().AllowPasswordFlow();
            server.AddEphemeralEncryptionKey().AddEphemeralSigningKey();
            server.DisableAccessTokenEncryption();
            server.RegisterScopes(Scopes.OpenId, Scopes.Profile, Scopes.Email);
            server.AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(Validate));
            server.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(Validate));
            server.AddEventHandler<HandleAuthorizationRequestContext>(handler => handler.UseInlineHandler(context =>
            {
                context.Principal = PrincipalOf(issuer!.AtBrowser);
                return ValueTask.CompletedTask;
            }));
            server.AddEventHandler<HandleTokenRequestContext>(handler => handler.UseInlineHandler(Handle));
            server.UseAspNetCore().DisableTransportSecurityRequirement();
        });
        WebApplication app = builder.Build();
        app.UseAuthentication();
        await app.StartAsync();
        return issuer = new TestOidcIssuer(app);
    }

    /// <summary>An access token for somebody.</summary>
    public async Task<string> TokenAsync(TestPerson person)
    {
        using FormUrlEncodedContent form = new(new Dictionary<string, string>
        {
            ["grant_type"] = "password",
            ["username"] = person.Subject,
            ["password"] = "none",
            ["client_id"] = "tests",
            ["scope"] = "openid",
            ["person"] = JsonSerializer.Serialize(person),
        });
        using HttpResponseMessage answer = await _client.PostAsync(new Uri("connect/token", UriKind.Relative), form);
        JsonElement body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return body.TryGetProperty("access_token", out JsonElement token) ? token.GetString()! : throw new InvalidOperationException($"The issuer gives no token: {body}");
    }

    public Task<string> TokenAsync(string subject, params string[] roles) => TokenAsync(new TestPerson(subject) { Roles = roles });

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    private static ValueTask Validate(ValidateAuthorizationRequestContext context)
    {
        if (context.ClientId != BrowserClient || context.RedirectUri?.EndsWith("/signin/callback", StringComparison.Ordinal) != true) context.Reject(Errors.InvalidClient, "Another client is registered.");
        return ValueTask.CompletedTask;
    }

    private static ValueTask Validate(ValidateTokenRequestContext context)
    {
        if (context.Request.IsAuthorizationCodeGrantType() && (context.ClientId != BrowserClient || context.ClientSecret != BrowserSecret)) context.Reject(Errors.InvalidClient, "Another secret is registered.");
        return ValueTask.CompletedTask;
    }

    private static ValueTask Handle(HandleTokenRequestContext context)
    {
        if (context.Request.IsPasswordGrantType())
        {
            context.Principal = PrincipalOf(JsonSerializer.Deserialize<TestPerson>((string)context.Request.GetParameter("person")!)!);
        }

        return ValueTask.CompletedTask;
    }

    private static ClaimsPrincipal PrincipalOf(TestPerson person)
    {
        ClaimsIdentity identity = new("issuer", Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, person.Subject).SetClaim(Claims.Name, person.Name).SetClaim(Claims.Email, person.Email);
        identity.SetClaims("roles", [.. person.Roles]);
        if (person.RealmRoles is { } realm) identity.SetClaim("realm_access", JsonSerializer.SerializeToElement(new { roles = realm }));
        if (person.AuthorizedParty is { } party) identity.SetClaim("azp", party);
        if (person.IssuedFor is { } audience) identity.SetResources(ImmutableArray.Create(audience));
        identity.SetScopes(Scopes.OpenId, Scopes.Profile, Scopes.Email);
        identity.SetAccessTokenLifetime(TimeSpan.FromSeconds(double.Parse(person.LifetimeSeconds, CultureInfo.InvariantCulture)));
        identity.SetDestinations(static _ => [Destinations.AccessToken, Destinations.IdentityToken]);
        return new ClaimsPrincipal(identity);
    }
}

/// <summary>Somebody, and what is to stand in their token.</summary>
public sealed record TestPerson(string Subject)
{
    public string Name { get; init; } = "Ada Example";

    public string Email { get; init; } = "ada@bank.example";

    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>As Keycloak writes them; null = none.</summary>
    public IReadOnlyList<string>? RealmRoles { get; init; }

    /// <summary><c>aud</c>; null = none.</summary>
    public string? IssuedFor { get; init; } = TestOidcIssuer.Audience;

    /// <summary><c>azp</c>; null = none.</summary>
    public string? AuthorizedParty { get; init; }

    public string LifetimeSeconds { get; init; } = "3600";
}
