using System.Net.Http.Headers;

namespace FinObs.Operator.DataPlane;

/// <summary>Shows a token that lies in a file. The file is read again once it has changed: the kubelet renews a projected token in place.</summary>
internal sealed class BearerFromFile(string path) : DelegatingHandler
{
    private readonly Lock _lock = new();
    private DateTime _readAt;
    private string _token = "";

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token());
        return base.SendAsync(request, cancellationToken);
    }

    private string Token()
    {
        DateTime changed = File.GetLastWriteTimeUtc(path);
        lock (_lock)
        {
            if (changed != _readAt)
            {
                _token = File.ReadAllText(path).Trim();
                _readAt = changed;
            }

            return _token;
        }
    }
}
