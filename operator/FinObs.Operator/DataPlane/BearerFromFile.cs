using System.Net.Http.Headers;

namespace FinObs.Operator.DataPlane;

/// <summary>
/// Shows a token that lies in a file, as it is now: the kubelet renews a projected token in place, and not so that the file's own time of change would tell. Reading a
/// few hundred bytes costs nothing beside the request.
/// </summary>
internal sealed class BearerFromFile(string path) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(cancellationToken));
        return await base.SendAsync(request, cancellationToken);
    }

    private async Task<string> TokenAsync(CancellationToken cancellationToken)
    {
        try
        {
            string token = (await File.ReadAllTextAsync(path, cancellationToken)).Trim();
            return token.Length > 0 ? token : throw new DataPlaneUnreachableException($"{path} (DataPlane:TokenFile or DataPlane:ApiKeyFile) is empty.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataPlaneUnreachableException($"{path} (DataPlane:TokenFile or DataPlane:ApiKeyFile) cannot be read: is it mounted?", e);
        }
    }
}
