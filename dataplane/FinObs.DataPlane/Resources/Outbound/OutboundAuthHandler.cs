using System.Net;
using System.Net.Http.Headers;

namespace FinObs.DataPlane.Resources.Outbound;

/// <summary>
/// Signs requests in, at the origin that the resource names and nowhere else: a redirect or a link elsewhere takes no secret along. A token that is refused is
/// renewed once; the content of a request must therefore be one that can be sent twice.
/// </summary>
internal sealed class OutboundAuthHandler(Uri origin, OutboundCredentials credentials, ClientCredentialsTokens? tokens, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!IsSameOrigin(origin, request.RequestUri!))
        {
            return await base.SendAsync(request, cancellationToken);
        }

        foreach ((string name, string value) in credentials.Headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (credentials.Authorization is { } authorization)
        {
            request.Headers.Authorization = authorization;
        }

        return tokens is null ? await base.SendAsync(request, cancellationToken) : await SendWithTokenAsync(request, tokens, cancellationToken);
    }

    /// <summary>By scheme, host and port.</summary>
    public static bool IsSameOrigin(Uri one, Uri other) => Uri.Compare(one, other, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            tokens?.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task<HttpResponseMessage> SendWithTokenAsync(HttpRequestMessage request, ClientCredentialsTokens source, CancellationToken cancellationToken)
    {
        string token = await source.GetAsync(refused: null, cancellationToken);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Unauthorized)
        {
            return response;
        }

        response.Dispose();
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await source.GetAsync(token, cancellationToken));
        return await base.SendAsync(request, cancellationToken);
    }
}
