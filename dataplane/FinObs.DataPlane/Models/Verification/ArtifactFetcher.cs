using FinObs.DataPlane.Resources.Outbound;

namespace FinObs.DataPlane.Models.Verification;

/// <summary>What came of fetching something.</summary>
internal abstract record FetchOutcome
{
    internal sealed record Fetched(byte[] Bytes) : FetchOutcome;

    /// <summary>Not this time; the message says why and holds nothing of what was answered.</summary>
    internal sealed record Failed(string Why) : FetchOutcome;
}

/// <summary>Fetches what a ModelVersion names by <c>https://</c>, within bounds, from public or allowed addresses only.</summary>
internal sealed class ArtifactFetcher(HttpMessageHandler handler, TimeSpan timeout) : IDisposable
{
    private readonly HttpClient _http = new(handler) { Timeout = Timeout.InfiniteTimeSpan };

    public async Task<FetchOutcome> FetchAsync(Uri uri, long limitBytes, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        try
        {
            using HttpResponseMessage response = await _http.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            if (!response.IsSuccessStatusCode)
            {
                return new FetchOutcome.Failed($"{uri.Host} answered {(int)response.StatusCode}.");
            }

            await using Stream body = await response.Content.ReadAsStreamAsync(deadline.Token);
            return await ReadAsync(body, limitBytes, deadline.Token) is { } bytes
                ? new FetchOutcome.Fetched(bytes)
                : new FetchOutcome.Failed($"{uri.Host} sends more than {limitBytes:N0} bytes.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new FetchOutcome.Failed($"{uri.Host} did not answer in full within {timeout.TotalSeconds:N0} s.");
        }
        catch (HttpRequestException exception)
        {
            return new FetchOutcome.Failed(Refusal(exception)?.Message ?? $"{uri.Host} cannot be reached ({exception.HttpRequestError}).");
        }
        catch (IOException)
        {
            return new FetchOutcome.Failed($"{uri.Host} broke off.");
        }
    }

    public void Dispose() => _http.Dispose();

    private static AddressNotAllowedException? Refusal(Exception? exception) =>
        exception is null ? null : exception as AddressNotAllowedException ?? Refusal(exception.InnerException);

    /// <summary>Null where there is more than the limit.</summary>
    private static async Task<byte[]?> ReadAsync(Stream body, long limitBytes, CancellationToken cancellationToken)
    {
        using MemoryStream bytes = new();
        byte[] buffer = new byte[81_920];
        for (int read; (read = await body.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (bytes.Length + read > limitBytes)
            {
                return null;
            }

            bytes.Write(buffer, 0, read);
        }

        return bytes.ToArray();
    }
}
