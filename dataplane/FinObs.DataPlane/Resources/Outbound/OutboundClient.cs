using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using FinObs.Contracts.Resources;
using FinObs.DataPlane.Resources.Secrets;

namespace FinObs.DataPlane.Resources.Outbound;

/// <summary>Whom a resource talks to, and how.</summary>
/// <param name="Url">Where it is; the credentials go to its origin alone.</param>
/// <param name="Auth">How we sign in.</param>
/// <param name="Network">Which addresses it may be at.</param>
/// <param name="FollowRedirects">Whether redirects of GET are followed; else they are the answer.</param>
internal sealed record OutboundPeer(Uri Url, OutboundAuth? Auth, NetworkPolicy? Network, bool FollowRedirects = false);

/// <summary>
/// Makes the HTTP client of one resource: signed in by its Secrets, to public or allowed addresses only. Keep it as long as the revision of the resource is the
/// same: connections and tokens are kept in it. Timeouts and sizes are for the caller to bound.
/// </summary>
internal static class OutboundClient
{
    /// <summary>A client without a timeout of its own.</summary>
    /// <exception cref="OutboundAuthException">A Secret is not what it has to be, or a range of addresses none; the message says what to do.</exception>
    public static HttpClient Create(OutboundPeer peer, ResourceSecrets secrets, TimeProvider time)
    {
        OutboundCredentials credentials = OutboundCredentials.Of(peer.Auth, secrets);
        SocketsHttpHandler sockets = OutboundAddresses.Of(peer.Network).CreateHandler();
        sockets.AllowAutoRedirect = false;
        HttpMessageHandler handler = SignedIn(peer.Url, credentials, sockets, time);
        if (peer.FollowRedirects)
        {
            handler = new OutboundRedirects(peer.Url, handler);
        }

        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, DefaultRequestVersion = HttpVersion.Version11, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrHigher };
    }

    /// <summary>The same connections, signed in at the origin of <paramref name="url"/>.</summary>
    public static HttpMessageHandler SignedIn(Uri url, OutboundCredentials credentials, SocketsHttpHandler sockets, TimeProvider time)
    {
        if (credentials.Certificate is { } certificate)
        {
            sockets.SslOptions = Tls(certificate);
        }

        ClientCredentialsTokens? tokens = credentials.Token is { } request ? new ClientCredentialsTokens(request, new HttpMessageInvoker(sockets, disposeHandler: false), time) : null;
        return new OutboundAuthHandler(url, credentials, tokens, sockets);
    }

    private static SslClientAuthenticationOptions Tls(ClientCertificate certificate)
    {
        SslClientAuthenticationOptions options = new()
        {
            ClientCertificateContext = SslStreamCertificateContext.Create(certificate.Own, certificate.Chain, offline: true),
        };
        if (certificate.TrustedRoots.Count > 0)
        {
            options.RemoteCertificateValidationCallback = (_, server, chain, errors) =>
                errors == SslPolicyErrors.None || (errors == SslPolicyErrors.RemoteCertificateChainErrors && server is not null && IsIssuedBy(server, chain, certificate.TrustedRoots));
        }

        return options;
    }

    private static bool IsIssuedBy(X509Certificate server, X509Chain? sent, X509Certificate2Collection roots)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (sent is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainElements.Select(element => element.Certificate).ToArray());
        }

        using X509Certificate2 leaf = new(server);
        return chain.Build(leaf);
    }
}

/// <summary>What an answer asks for.</summary>
internal static class OutboundAnswers
{
    /// <summary><c>Retry-After</c> (RFC 9110, 10.2.3), as seconds or as a date, from now on; null where it is not there.</summary>
    public static TimeSpan? RetryAfter(this HttpResponseMessage response, DateTimeOffset now) =>
        response.Headers.RetryAfter is not { } value ? null
        : value.Delta ?? (value.Date is { } date ? (date > now ? date - now : TimeSpan.Zero) : null);
}

/// <summary>What is wrong with a call, out of the exceptions that wrap it.</summary>
internal static class OutboundProblems
{
    /// <summary>The sentence of our own on why nothing was sent, where there is one.</summary>
    public static HttpRequestException? Refusal(Exception? exception) => exception switch
    {
        null => null,
        AddressNotAllowedException or OutboundAuthException => (HttpRequestException)exception,
        _ => Refusal(exception.InnerException),
    };
}
