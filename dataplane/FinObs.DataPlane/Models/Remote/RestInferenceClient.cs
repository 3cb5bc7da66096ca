using System.Buffers;
using System.Net.Http.Headers;
using FinObs.DataPlane.Inference;

namespace FinObs.DataPlane.Models.Remote;

/// <summary>The protocol over REST, in JSON, for servers that have no gRPC.</summary>
internal sealed class RestInferenceClient(Uri address, SocketsHttpHandler handler, Func<string?> key) : IInferenceClient
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient _http = new(handler) { BaseAddress = new Uri(address.AbsoluteUri.TrimEnd('/') + "/"), Timeout = Timeout.InfiniteTimeSpan };

    public async Task<InferenceReply> InferAsync(ModelInferRequest request, CancellationToken cancellationToken)
    {
        ArrayBufferWriter<byte> body = new();
        InferRequestJson.Write(body, request);
        using HttpRequestMessage message = new(HttpMethod.Post, PathOf(request)) { Content = new ReadOnlyMemoryContent(body.WrittenMemory) };
        message.Content.Headers.ContentType = Json;
        if (key() is { } bearer)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        }

        try
        {
            using HttpResponseMessage answer = await _http.SendAsync(message, cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                string why = $"HTTP {(int)answer.StatusCode}";
                return (int)answer.StatusCode is 400 or 413 or 422 ? new InferenceReply.Refused(why) : new InferenceReply.PodFailed(why);
            }

            byte[] bytes = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            string? length = answer.Headers.TryGetValues(InferJson.LengthHeader, out IEnumerable<string>? values) ? values.First() : null;
            return new InferenceReply.Answered(InferResponseJson.Read(bytes, length));
        }
        catch (HttpRequestException exception)
        {
            return new InferenceReply.PodFailed($"no connection ({exception.HttpRequestError})");
        }
        catch (Exception exception) when (exception is IOException or MalformedInferenceException)
        {
            return new InferenceReply.PodFailed(exception.Message);
        }
    }

    public void Dispose() => _http.Dispose();

    private static Uri PathOf(ModelInferRequest request)
    {
        string version = request.ModelVersion.Length > 0 ? $"/versions/{Uri.EscapeDataString(request.ModelVersion)}" : "";
        return new Uri($"v2/models/{Uri.EscapeDataString(request.ModelName)}{version}/infer", UriKind.Relative);
    }
}
