using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using FinObs.Contracts.Resources;
using FinObs.DataPlane.Resources.Outbound;
using FinObs.DataPlane.Resources.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace FinObs.DataPlane.Tests.Resources.Outbound;

public sealed class OutboundClientTests
{
    private static readonly NetworkPolicy Loopback = new() { AllowedCidrs = ["127.0.0.0/8"] };
    private static readonly SecretKeyRef Key = new() { Name = "keys", Key = "value" };

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bearer_token_is_sent_without_the_line_break_of_its_file()
    {
        await using Sink sink = await Sink.StartAsync(_ => Task.CompletedTask);
        using HttpClient http = Client(sink.Url, new OutboundAuth { BearerSecretRef = Key }, Secrets(("value", "token-1\n")));
        await http.GetAsync(sink.Url, Stop);
        Assert.Equal("Bearer token-1", Assert.Single(sink.Asked).Headers.Authorization);
    }

    [Fact]
    public async Task Name_and_password_and_headers_are_sent()
    {
        await using Sink sink = await Sink.StartAsync(_ => Task.CompletedTask);
        OutboundAuth auth = new() { BasicSecretRef = new SecretRef { Name = "keys" }, Headers = [new SecretHeader { Name = "X-Api-Key", SecretRef = Key }] };
        using HttpClient http = Client(sink.Url, auth, Secrets(("username", "änna"), ("password", "p:w"), ("value", "k")));
        await http.GetAsync(sink.Url, Stop);
        IHeaderDictionary headers = Assert.Single(sink.Asked).Headers;
        Assert.Equal($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("änna:p:w"))}", headers.Authorization);
        Assert.Equal("k", headers["X-Api-Key"]);
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("two\nlines")]
    [InlineData("")]
    public void What_is_no_token_is_refused_without_being_shown(string value)
    {
        OutboundAuthException refusal = Assert.Throws<OutboundAuthException>(
            () => Client(new Uri("https://example.com"), new OutboundAuth { BearerSecretRef = Key }, Secrets(("value", value))));
        Assert.Contains("keys", refusal.Message, StringComparison.Ordinal);
        Assert.True(value.Length == 0 || !refusal.Message.Contains(value, StringComparison.Ordinal));
    }

    [Fact]
    public void A_Secret_that_was_not_submitted_is_named() => Assert.Contains(
        "no key value", Assert.Throws<OutboundAuthException>(() => Client(new Uri("https://example.com"), new OutboundAuth { BearerSecretRef = Key }, ResourceSecrets.None)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task One_token_serves_many_requests_and_is_renewed_before_it_expires()
    {
        await using TokenServer server = await TokenServer.StartAsync();
        using HttpClient http = Client(server.Api, Oauth(server), Secrets(("value", "s e:cret")));
        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => http.GetAsync(server.Api, Stop)));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(1, server.Issued);
        Assert.Equal("grant_type=client_credentials&scope=a+b", server.LastForm);
        Assert.Equal($"Basic {Convert.ToBase64String("finobs:s+e%3Acret"u8)}", server.LastAuthorization);

        _time.Advance(TimeSpan.FromSeconds(3569));
        await http.GetAsync(server.Api, Stop);
        Assert.Equal(1, server.Issued);
        _time.Advance(TimeSpan.FromSeconds(2));
        await http.GetAsync(server.Api, Stop);
        Assert.Equal(2, server.Issued);
    }

    [Fact]
    public async Task A_refused_token_is_renewed_once_and_the_request_sent_again_with_its_body()
    {
        await using TokenServer server = await TokenServer.StartAsync();
        using HttpClient http = Client(server.Api, Oauth(server), Secrets(("value", "s")));
        await http.GetAsync(server.Api, Stop);
        server.Revoke();
        using StringContent body = new("hello");
        using HttpResponseMessage answer = await http.PostAsync(server.Api, body, Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("hello", await answer.Content.ReadAsStringAsync(Stop));
        Assert.Equal(2, server.Issued);
    }

    [Fact]
    public async Task A_server_that_gives_no_token_is_named_with_its_reason()
    {
        await using TokenServer server = await TokenServer.StartAsync();
        server.Refuse = true;
        using HttpClient http = Client(server.Api, Oauth(server), Secrets(("value", "s3cret")));
        OutboundAuthException refusal = Assert.IsType<OutboundAuthException>(OutboundProblems.Refusal(await Record.ExceptionAsync(() => http.GetAsync(server.Api, Stop))));
        Assert.Equal("127.0.0.1 answered 401 (invalid_client) and no token: see clientId, clientSecretRef and scopes of auth.oauth2ClientCredentials.", refusal.Message);
    }

    [Fact]
    public async Task A_redirect_elsewhere_takes_no_header_along()
    {
        await using Sink other = await Sink.StartAsync(context => context.Response.WriteAsync("there"));
        await using Sink sink = await Sink.StartAsync(context =>
        {
            context.Response.Redirect(context.Request.Path == "/here" ? $"{other.Url}x" : "/here");
            return Task.CompletedTask;
        });
        OutboundAuth auth = new() { BearerSecretRef = Key, Headers = [new SecretHeader { Name = "X-Api-Key", SecretRef = Key }] };
        using HttpClient http = Client(sink.Url, auth, Secrets(("value", "k")), followRedirects: true);
        using HttpRequestMessage request = new(HttpMethod.Get, sink.Url) { Headers = { { "X-Mine", "1" } } };
        using HttpResponseMessage answer = await http.SendAsync(request, Stop);
        Assert.Equal("there", await answer.Content.ReadAsStringAsync(Stop));
        Assert.All(sink.Asked, asked => Assert.Equal("k", asked.Headers["X-Api-Key"]));
        Assert.All(sink.Asked, asked => Assert.Equal("1", asked.Headers["X-Mine"]));
        Assert.Equal(2, sink.Asked.Count);
        Assert.Equal(["Host"], Assert.Single(other.Asked).Headers.Keys);
    }

    [Fact]
    public async Task A_redirect_inside_is_refused_and_one_that_never_ends_is_the_answer()
    {
        await using Sink sink = await Sink.StartAsync(context =>
        {
            context.Response.Redirect(context.Request.Path == "/meta" ? "http://169.254.169.254/latest/meta-data/" : "/loop");
            return Task.CompletedTask;
        });
        using HttpClient http = Client(sink.Url, null, ResourceSecrets.None, followRedirects: true);
        Exception? refused = await Record.ExceptionAsync(() => http.GetAsync(new Uri(sink.Url, "/meta"), Stop));
        Assert.IsType<AddressNotAllowedException>(OutboundProblems.Refusal(refused));
        using HttpResponseMessage answer = await http.GetAsync(new Uri(sink.Url, "/loop"), Stop);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    [Fact]
    public async Task A_certificate_is_shown_and_the_authority_beside_it_trusted()
    {
        using X509Certificate2 certificate = SelfSigned();
        string? shown = null;
        await using Sink sink = await Sink.StartAsync(
            context =>
            {
                shown = context.Connection.ClientCertificate?.Thumbprint;
                return Task.CompletedTask;
            },
            certificate);
        OutboundAuth auth = new() { MtlsSecretRef = new SecretRef { Name = "keys" } };
        string pem = certificate.ExportCertificatePem(), key = certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();
        using (HttpClient http = Client(sink.Url, auth, Secrets(("tls.crt", pem), ("tls.key", key), ("ca.crt", pem))))
        {
            await http.GetAsync(sink.Url, Stop);
        }

        Assert.Equal(certificate.Thumbprint, shown);
        using HttpClient distrustful = Client(sink.Url, auth, Secrets(("tls.crt", pem), ("tls.key", key)));
        await Assert.ThrowsAsync<HttpRequestException>(() => distrustful.GetAsync(sink.Url, Stop));
        Assert.Throws<OutboundAuthException>(() => Client(sink.Url, auth, Secrets(("tls.crt", pem), ("tls.key", "none"))));
    }

    [Fact]
    public void A_range_that_is_none_is_named() => Assert.Contains("10.0.0.0/40", Assert.Throws<OutboundAuthException>(() => OutboundClient.Create(
        new OutboundPeer(new Uri("https://example.com"), null, new NetworkPolicy { AllowedCidrs = ["10.0.0.0/40"] }), ResourceSecrets.None, _time)).Message, StringComparison.Ordinal);

    private HttpClient Client(Uri url, OutboundAuth? auth, ResourceSecrets secrets, bool followRedirects = false) =>
        OutboundClient.Create(new OutboundPeer(url, auth, Loopback, followRedirects), secrets, _time);

    private static OutboundAuth Oauth(TokenServer server) => new()
    {
        Oauth2ClientCredentials = new OAuth2ClientCredentials { TokenUrl = server.Tokens.ToString(), ClientId = "finobs", ClientSecretRef = Key, Scopes = ["a", "b"] },
    };

    private static ResourceSecrets Secrets(params (string Key, string Value)[] values) =>
        new(values.ToDictionary(pair => ("keys", pair.Key), pair => Encoding.UTF8.GetBytes(pair.Value)));

    private static X509Certificate2 SelfSigned()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        return request.CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2120, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }
}
