using System.Net;

namespace FinObs.DataPlane.Resources.Outbound;

/// <summary>
/// Follows redirects of GET. Elsewhere than at the origin the request goes without any header of its resource, since each may be a secret; never from HTTPS to HTTP.
/// What cannot be followed is the answer.
/// </summary>
internal sealed class OutboundRedirects(Uri origin, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int Most = 5;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        for (int i = 0; i < Most && Target(request, response) is { } target; i++)
        {
            response.Dispose();
            HttpRequestMessage next = new(HttpMethod.Get, target) { Version = request.Version, VersionPolicy = request.VersionPolicy };
            if (OutboundAuthHandler.IsSameOrigin(origin, target))
            {
                foreach ((string name, IEnumerable<string> values) in request.Headers)
                {
                    next.Headers.TryAddWithoutValidation(name, values);
                }
            }

            request = next;
            response = await base.SendAsync(request, cancellationToken);
        }

        return response;
    }

    private static Uri? Target(HttpRequestMessage request, HttpResponseMessage response)
    {
        bool isRedirect = response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
        if (!isRedirect || request.Method != HttpMethod.Get || response.Headers.Location is not { } location)
        {
            return null;
        }

        Uri target = new(request.RequestUri!, location);
        bool isDowngrade = request.RequestUri!.Scheme == Uri.UriSchemeHttps && target.Scheme != Uri.UriSchemeHttps;
        return isDowngrade || (target.Scheme != Uri.UriSchemeHttps && target.Scheme != Uri.UriSchemeHttp) ? null : target;
    }
}
