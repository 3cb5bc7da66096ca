using System.Net.Http.Headers;
using FinObs.DataPlane.Access;
using FinObs.Scoring.Artifacts;
using Microsoft.Extensions.Options;

namespace FinObs.DataPlane.Scorer;

/// <summary>Could not be fetched this time; the message says why, without a secret.</summary>
internal sealed class FetchException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Gets the artifact, verified against the digest that was asked for: from the cache, else from where the configuration says.</summary>
internal sealed class ArtifactSource(HttpClient http, IOptions<ScorerOptions> options)
{
    private readonly ScorerOptions _options = options.Value;

    private string? CachedFile => _options.CacheFolder is { } folder ? Path.Combine(folder, _options.ArtifactDigest["sha256:".Length..] + ".zip") : null;

    /// <exception cref="FetchException">It cannot be had now.</exception>
    /// <exception cref="ArtifactException">What is there is not the artifact, or is none.</exception>
    public async Task<ModelArtifact> GetAsync(CancellationToken cancellationToken)
    {
        if (FromCache() is { } cached)
        {
            return cached;
        }

        Uri url = new(_options.ArtifactUrl);
        if (url.IsFile)
        {
            return FromFile(url.LocalPath);
        }

        using MemoryStream zip = await DownloadAsync(url, cancellationToken);
        ModelArtifact artifact = ModelArtifact.ReadZip(zip, _options.ArtifactDigest);
        Keep(zip);
        return artifact;
    }

    private ModelArtifact? FromCache()
    {
        try
        {
            return CachedFile is { } file && File.Exists(file) ? ModelArtifact.Read(file, _options.ArtifactDigest) : null;
        }
        catch (Exception exception) when (exception is ArtifactException or IOException or UnauthorizedAccessException)
        {
            // A cache that is damaged is no cache; the fetch writes it anew.
            return null;
        }
    }

    private ModelArtifact FromFile(string path)
    {
        try
        {
            return ModelArtifact.Read(path, _options.ArtifactDigest);
        }
        catch (ArtifactException exception) when (exception.Problem == ArtifactProblem.NotFound)
        {
            throw new FetchException(exception.Message, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FetchException("The artifact's file cannot be read: check the mount and its rights.", exception);
        }
    }

    private async Task<MemoryStream> DownloadAsync(Uri url, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, url);
        if ((_options.TokenFile ?? _options.ApiKeyFile) is { } file)
        {
            string token = SecretFile.FirstLine(file) ?? throw new FetchException("The token file is missing or empty: check Scorer:TokenFile or Scorer:ApiKeyFile and its mount.");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        try
        {
            using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.IsSuccessStatusCode
                ? await ReadAsync(response, cancellationToken)
                : throw new FetchException($"{url.Host} answers {(int)response.StatusCode} for the artifact{Advice((int)response.StatusCode)}.");
        }
        catch (HttpRequestException exception)
        {
            throw new FetchException($"{url.Host} cannot be reached ({exception.HttpRequestError}).", exception);
        }
        catch (IOException exception)
        {
            throw new FetchException($"The connection to {url.Host} broke in the middle of the artifact.", exception);
        }
        catch (TaskCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FetchException($"{url.Host} took too long.", exception);
        }
    }

    private static string Advice(int status) => status switch
    {
        StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden => ": check the token and what it may read",
        StatusCodes.Status404NotFound => ": upload it, or correct Scorer:ArtifactUrl",
        _ => "",
    };

    private async Task<MemoryStream> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        MemoryStream zip = new();
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        byte[] buffer = new byte[81_920];
        for (int read; (read = await body.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (zip.Length + read > _options.MaxArtifactBytes)
            {
                throw new ArtifactException(ArtifactProblem.Oversized, $"The artifact is larger than {_options.MaxArtifactBytes:N0} bytes (Scorer:MaxArtifactBytes).");
            }

            zip.Write(buffer, 0, read);
        }

        zip.Position = 0;
        return zip;
    }

    /// <summary>Under another name first: a process that dies here must not leave half a file under the right one.</summary>
    private void Keep(MemoryStream zip)
    {
        if (CachedFile is not { } file)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            string part = $"{file}.{Environment.ProcessId}.part";
            File.WriteAllBytes(part, zip.ToArray());
            File.Move(part, file, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Serving matters more than the next start.
        }
    }
}
