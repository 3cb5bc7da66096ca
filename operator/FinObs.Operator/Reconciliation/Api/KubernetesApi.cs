using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using FinObs.Operator.Reconciliation.Leadership;
using k8s;
using k8s.Models;

namespace FinObs.Operator.Reconciliation.Api;

/// <summary>
/// One request to the API server, with the address, certificates and credentials that the client library made of the configuration.
/// A write leaves only while <paramref name="fence"/> lets it.
/// </summary>
internal sealed class KubernetesApi(Kubernetes client, WriteFence fence, TimeProvider time)
{
    /// <summary>Longer than the API server's own limit of a plain request.</summary>
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(70);

    /// <summary>The client library's configuration, with what the write fence needs of a connection.</summary>
    public static Kubernetes Connect(KubernetesClientConfiguration configuration)
    {
        configuration.FirstMessageHandlerSetup = handler => handler.ConnectCallback = ConnectAsync;
        return new Kubernetes(configuration);
    }

    /// <summary>The whole answer.</summary>
    /// <exception cref="ApiException">The server refused.</exception>
    public async Task<TAnswer> SendAsync<TAnswer>(
        HttpMethod method, string path, HttpContent? content, JsonSerializerOptions json, CancellationToken cancellationToken, string? accept = null)
    {
        bool isWrite = method != HttpMethod.Get;
        using CancellationTokenSource limit = new(RequestTimeout, time);
        using CancellationTokenSource allowed = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken, limit.Token, isWrite ? fence.Pass() : CancellationToken.None);
        using HttpResponseMessage answer = await OpenAsync(method, path, content, accept, allowed.Token);
        await using Stream body = await answer.Content.ReadAsStreamAsync(allowed.Token);
        return await JsonSerializer.DeserializeAsync<TAnswer>(body, json, allowed.Token)
            ?? throw new ApiException(answer.StatusCode, "Empty", "The API server answered null.");
    }

    /// <summary>The answer's lines as they come, e.g. of a watch; ends when the server ends it.</summary>
    public async IAsyncEnumerable<string> ReadLinesAsync(
        string path, string? accept, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await OpenAsync(HttpMethod.Get, path, content: null, accept, cancellationToken);
        using StreamReader reader = new(await answer.Content.ReadAsStreamAsync(cancellationToken));
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length > 0) yield return line;
        }
    }

    /// <summary>
    /// A closed connection is reset, and what its send buffer still holds is thrown away: a write that was cancelled because the
    /// lease is lost must not arrive when a cut network comes back. For the same reason requests go by HTTP/1.1, where cancelling
    /// one closes its connection.
    /// </summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new LingerOption(enable: true, seconds: 0) };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<HttpResponseMessage> OpenAsync(HttpMethod method, string path, HttpContent? content, string? accept, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(method, new Uri(client.BaseUri, path)) { Content = content, Version = HttpVersion.Version11 };
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(accept ?? "application/json"));
        if (client.Credentials is { } credentials) await credentials.ProcessHttpRequestAsync(request, cancellationToken);

        HttpResponseMessage answer = await client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (answer.IsSuccessStatusCode) return answer;
        using (answer)
        {
            throw await ReadErrorAsync(answer, cancellationToken);
        }
    }

    private static async Task<ApiException> ReadErrorAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        string text = await answer.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            V1Status? status = JsonSerializer.Deserialize<V1Status>(text, BuiltInJson.Options);
            return new ApiException(answer.StatusCode, status?.Reason ?? "", status?.Message ?? $"The API server answered {(int)answer.StatusCode}.");
        }
        catch (JsonException)
        {
            return new ApiException(answer.StatusCode, "", $"The API server answered {(int)answer.StatusCode}.");
        }
    }
}
